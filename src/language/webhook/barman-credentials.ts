import type { BarmanObjectStore } from '../admission/objects.ts';
import { fix, removeKey } from '../edits.ts';
import type { ManifestDocument, Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, newIn, onKey } from './rule.ts';

export const barmanCredentials = clusterRule('barman-credentials', ({ document, spec }) => {
  const store = spec.backup?.barmanObjectStore;
  return store ? credentialFaults(store, document, ['spec', 'backup', 'barmanObjectStore']) : [];
});

/** What the webhook refuses for the archive inside a Cluster. */
export interface CredentialFault extends Finding {
  /**
   * Where no webhook looks, as at an ObjectStore, a login may succeed all the same: more was said than is used, or Barman asks the
   * provider by itself. Source: pkg/credentials of cloudnative-pg/barman-cloud, and Barman's reading of the environment.
   */
  mayWork?: true;
}

const mayWork = (finding: Finding): CredentialFault => ({ ...finding, mayWork: true });

/** @param here where the store is described */
export function credentialFaults(store: BarmanObjectStore, document: ManifestDocument, here: Path): CredentialFault[] {
  const given = (['s3Credentials', 'azureCredentials', 'googleCredentials'] as const).filter(field => store[field]);
  if (given.length === 0)
    return [onKey(here, 'Nothing says how to log in: add s3Credentials, azureCredentials or googleCredentials.')];
  return [
    ...(given.length > 1
      ? [mayWork(onKey([...here, given.at(-1) ?? ''], `A store has one provider; here are ${given.join(' and ')}.`))]
      : []),
    ...judged(store, document, here),
  ];
}

/** The webhook looks at the provider that it comes to last: Azure, S3, Google. */
function judged(
  { s3Credentials, azureCredentials, googleCredentials }: BarmanObjectStore,
  document: ManifestDocument,
  here: Path,
): CredentialFault[] {
  if (googleCredentials) return google(googleCredentials, document, here);
  if (s3Credentials) return s3(s3Credentials, here);
  return azureCredentials ? azure(azureCredentials, here) : [];
}

function s3(
  { inheritFromIAMRole, accessKeyId, secretAccessKey }: NonNullable<BarmanObjectStore['s3Credentials']>,
  here: Path,
): CredentialFault[] {
  const path = [...here, 's3Credentials'];
  const hasKey = accessKeyId !== undefined || secretAccessKey !== undefined;
  return [
    ...(hasKey && !(accessKeyId && secretAccessKey)
      ? [
          {
            ...(accessKeyId
              ? onKey([...path, 'accessKeyId'], 'Keys come in pairs: add secretAccessKey.')
              : onKey([...path, 'secretAccessKey'], 'Keys come in pairs: add accessKeyId.')),
            ...(inheritFromIAMRole && { mayWork: true as const }),
          },
        ]
      : []),
    ...(!hasKey && !inheritFromIAMRole
      ? [onKey(path, 'Nothing says how to log in: add accessKeyId and secretAccessKey, or inheritFromIAMRole: true.')]
      : []),
    ...(hasKey && inheritFromIAMRole
      ? [
          mayWork(
            onKey([...path, 'inheritFromIAMRole'], 'Log in by keys or by inheritFromIAMRole, not by both: remove one.'),
          ),
        ]
      : []),
  ];
}

function azure(given: NonNullable<BarmanObjectStore['azureCredentials']>, here: Path): CredentialFault[] {
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
          mayWork(
            onKey(
              path,
              'Without connectionString there must be exactly one of storageKey, storageSasToken, inheritFromAzureAD and useDefaultAzureCredentials.',
            ),
          ),
        ]
      : []),
    ...(given.connectionString && (ways.length > 0 || given.storageAccount)
      ? newIn(ways.length > 0 ? 0 : 29, [
          mayWork(
            onKey(
              [...path, 'connectionString'],
              'A connection string has the account and its key in it: remove the other fields beside it.',
            ),
          ),
        ])
      : []),
    ...((given.storageKey ?? given.storageSasToken) && !given.storageAccount
      ? newIn(29, [
          mayWork(
            onKey(
              [...path, given.storageKey ? 'storageKey' : 'storageSasToken'],
              'A key or SAS token belongs to an account: add storageAccount.',
            ),
          ),
        ])
      : []),
  ];
}

function google(
  { gkeEnvironment, applicationCredentials }: NonNullable<BarmanObjectStore['googleCredentials']>,
  document: ManifestDocument,
  here: Path,
): CredentialFault[] {
  const path = [...here, 'googleCredentials'];
  if (!gkeEnvironment === !!applicationCredentials) return [];
  return [
    gkeEnvironment
      ? mayWork(
          onKey(
            [...path, 'applicationCredentials'],
            'Log in as the workload (gkeEnvironment) or by applicationCredentials, not by both: remove one.',
            [
              ...fix('Remove applicationCredentials', removeKey(document, [...path, 'applicationCredentials'])),
              ...fix('Remove gkeEnvironment', removeKey(document, [...path, 'gkeEnvironment'])),
            ],
          ),
        )
      : onKey(path, 'Nothing says how to log in: add applicationCredentials, or gkeEnvironment: true.'),
  ];
}
