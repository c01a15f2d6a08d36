/**
 * Imported before the tests of `npm test`: properties are tried on the same examples in each run, so what fails there fails again.
 * `npm run test:random` and a test file that is run alone take new examples each time.
 */
import { configureGlobal } from 'fast-check';

configureGlobal({ seed: 2026 });
