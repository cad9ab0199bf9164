/** `pnpm conformance:leaks --data FILE [--json] [--out FILE]`: attempts to see hidden rows, in two worlds. */
import { main } from '../../test/conformance/leaks.ts';

await main();
