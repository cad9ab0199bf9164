/** `pnpm conformance:sql --data DIR [--json] [--out FILE]`: the warehouse beside Spark's own golden files. */
import { main } from '../../test/conformance/sql.ts';

await main();
