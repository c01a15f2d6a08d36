/** What is around a healthy pair: equal Secrets, archives that end where their Clusters say, a base backup each. */
import type { Surroundings } from '../../src/operations/surroundings.ts';
import { unknownSide } from '../../src/operations/surroundings.ts';

export const healthySurroundings = (over: Partial<Surroundings> = {}): Surroundings => ({
  known: () => ({ ...unknownSide, lastBackup: Date.now() }),
  otherPrimaries: () => [],
  newestArchived: async () => ({ name: '00000003000000000000000D', storedAt: Date.now() }),
  secret: async () => ({ username: 'app', password: 'same' }),
  lagLimit: 1024n * 1024n * 1024n,
  ...over,
});
