import type { BarmanObjectStore } from '../admission/objects.ts';
import { fix, removeKey } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, onKey } from './rule.ts';

export const barmanCredentials = clusterRule('barman-credentials', ({ document, spec }) => {
  const store = spec.backup?.barmanObjectStore;
  return store ? credentialFaults(store, document, ['spec', 'backup', 'barmanObjectStore']) : [];
});

/** @param here where the store is described */
export function credentialFaults(store: BarmanObjectStore, document: ManifestDocument, here: Path): Finding[] {
  const given = (['s3Credentials', 'azureCredentials', 'googleCredentials'] as const).filter(field => store[field]);
  if (given.length === 0)
    return [onKey(here, 'Nothing says how to log in: add s3Credentials, azureCredentials or googleCredentials.')];
  return [
    ...(given.length > 1
      ? [onKey([...here, given.at(-1) ?? ''], `A store has one provider; here are ${given.join(' and ')}.`)]
      : []),
    ...judged(store, document, here),
  ];
}

/** The webhook looks at the provider that it comes to last: Azure, S3, Google. */
function judged(
  { s3Credentials, azureCredentials, googleCredentials }: BarmanObjectStore,
  document: ManifestDocument,
  here: Path,
): Finding[] {
  if (googleCredentials) return google(googleCredentials, document, here);
  if (s3Credentials) return s3(s3Credentials, here);
  return azureCredentials ? azure(azureCredentials, here) : [];
}

function s3(
  { inheritFromIAMRole, accessKeyId, secretAccessKey }: NonNullable<BarmanObjectStore['s3Credentials']>,
  here: Path,
): Finding[] {
  const path = [...here, 's3Credentials'];
  const hasKey = accessKeyId !== undefined || secretAccessKey !== undefined;
  return [
    ...(hasKey && !(accessKeyId && secretAccessKey)
      ? [
          accessKeyId
            ? onKey([...path, 'accessKeyId'], 'Keys come in pairs: add secretAccessKey.')
            : onKey([...path, 'secretAccessKey'], 'Keys come in pairs: add accessKeyId.'),
        ]
      : []),
    ...(!hasKey && !inheritFromIAMRole
      ? [onKey(path, 'Nothing says how to log in: add accessKeyId and secretAccessKey, or inheritFromIAMRole: true.')]
      : []),
    ...(hasKey && inheritFromIAMRole
      ? [onKey([...path, 'inheritFromIAMRole'], 'Log in by keys or by inheritFromIAMRole, not by both: remove one.')]
      : []),
  ];
}

function azure(given: NonNullable<BarmanObjectStore['azureCredentials']>, here: Path): Finding[] {
  const path = [...here, 'azureCredentials'];
  const ways = [
    given.inheritFromAzureAD,
    given.useDefaultAzureCredentials,
    given.storageKey,
    given.storageSasToken,
  ].filter(Boolean);
  return [
    ...(ways.length !== 1 && !given.connectionString
      ? [
          onKey(
            path,
            'Without connectionString there must be exactly one of storageKey, storageSasToken, inheritFromAzureAD and useDefaultAzureCredentials.',
          ),
        ]
      : []),
    ...(given.connectionString && (ways.length > 0 || given.storageAccount)
      ? [
          onKey(
            [...path, 'connectionString'],
            'A connection string has the account and its key in it: remove the other fields beside it.',
          ),
        ]
      : []),
    ...((given.storageKey ?? given.storageSasToken) && !given.storageAccount
      ? [
          onKey(
            [...path, given.storageKey ? 'storageKey' : 'storageSasToken'],
            'A key or SAS token belongs to an account: add storageAccount.',
          ),
        ]
      : []),
  ];
}

function google(
  { gkeEnvironment, applicationCredentials }: NonNullable<BarmanObjectStore['googleCredentials']>,
  document: ManifestDocument,
  here: Path,
): Finding[] {
  const path = [...here, 'googleCredentials'];
  if (!gkeEnvironment === !!applicationCredentials) return [];
  return [
    gkeEnvironment
      ? onKey(
          [...path, 'applicationCredentials'],
          'With gkeEnvironment the account of the workload is used: remove applicationCredentials.',
          fix('Remove applicationCredentials', removeKey(document, [...path, 'applicationCredentials'])),
        )
      : onKey(path, 'Nothing says how to log in: add applicationCredentials, or gkeEnvironment: true.'),
  ];
}
