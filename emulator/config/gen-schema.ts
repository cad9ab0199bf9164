import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configJsonSchemaText } from './json-schema.ts';

/** Writes the published JSON Schema of brickbox.yaml. Run by `pnpm gen`. */
export function generateConfigSchema(): void {
  writeFileSync(join(import.meta.dirname, 'brickbox.schema.gen.json'), configJsonSchemaText());
}
