/** `pnpm fuzz:identity [--cases N] [--seed S] [--only tokens|headers]`: forged tokens and headers by the thousand. */
import { main } from '../../test/fuzz/identity.ts';

await main();
