import { storeOf } from '../sound.ts';
import { credentialFaults } from '../webhook/barman-credentials.ts';
import type { ObjectRule } from './rule.ts';

export const storeCredentials: ObjectRule = {
  code: 'RC406',
  severity: 'error',
  kinds: ['ObjectStore'],
  check({ document, entry }) {
    const store = storeOf(entry.document);
    if (!store) return [];
    return credentialFaults(store.configuration, document, ['spec', 'configuration']).map(({ mayWork, ...found }) =>
      mayWork ? { ...found, severity: 'warning' } : found,
    );
  },
};
