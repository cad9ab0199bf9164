/** `pnpm conformance:drivers --python DIR --node DIR --go DIR`: the drivers' own suites against a sandbox. */
import { main } from '../../test/conformance/drivers.ts';

await main();
