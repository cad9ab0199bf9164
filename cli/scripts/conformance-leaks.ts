/** `pnpm conformance:leaks [--data FILE] [--json] [--out FILE]`: worlds with and without hidden rows, compared. */
import { main } from '../../test/conformance/leaks.ts';

await main();
