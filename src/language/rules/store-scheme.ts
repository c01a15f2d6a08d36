import type { Store } from '../../model/archive-keys.ts';
import { storeOf as providerOf } from '../../model/archive-keys.ts';
import { storeOf } from '../sound.ts';
import type { ObjectRule } from './rule.ts';
import { onValue } from './rule.ts';

const fields = { s3: 's3Credentials', azure: 'azureCredentials', google: 'googleCredentials' } as const;
const forms: Record<Store, string> = {
  s3: 's3://BUCKET/',
  azure: 'https://ACCOUNT.blob.core.windows.net/CONTAINER/',
  google: 'gs://BUCKET/',
};

export const storeScheme: ObjectRule = {
  code: 'RC407',
  severity: 'error',
  kinds: ['ObjectStore'],
  check({ entry }) {
    const { configuration } = storeOf(entry.document) ?? {};
    if (!configuration) return [];
    const given = (Object.keys(fields) as Store[]).filter(store => configuration[fields[store]] !== undefined);
    const [only] = given;
    const provider = providerOf(configuration.destinationPath);
    if (only === undefined || given.length > 1 || provider === only) return [];
    return [
      onValue(
        ['spec', 'configuration', 'destinationPath'],
        `${fields[only]} go with a path like ${forms[only]}, and this is ${provider === undefined ? 'none of a store' : `one of another provider, for ${fields[provider]}`}.`,
      ),
    ];
  },
};
