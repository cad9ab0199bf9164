/** `pnpm gen [--catalogue]`: writes the generated files again. The catalogue needs python3, pip and a package index. */
import { generateCoverage } from '../../docs/coverage/gen.ts';
import { generateConfigSchema } from '../../emulator/config/gen-schema.ts';
import { generateFamilies } from '../../sdk-mocks/families/gen.ts';
import { generateCatalogue } from '../../sdk-mocks/workspace/catalogue/gen.ts';

if (process.argv.includes('--catalogue')) generateCatalogue();
generateFamilies();
generateConfigSchema();
generateCoverage();
console.log('Generated files are written.');
