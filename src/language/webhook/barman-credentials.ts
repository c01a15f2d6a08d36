import type { BarmanObjectStore } from '../admission/objects.ts';
import type { Path } from '../manifest.ts';
import type { Finding } from './rule.ts';
import { clusterRule, onKey } from './rule.ts';

const here: Path = ['spec', 'backup', 'barmanObjectStore'];

export const barmanCredentials = clusterRule('barman-credentials', ({ spec }) => {
  const store = spec.backup?.barmanObjectStore;
  if (!store) return [];
  const given = (['s3Credentials', 'azureCredentials', 'googleCredentials'] as const).filter(field => store[field]);
  if (given.length === 0)
    return [onKey(here, 'Nothing says how to log in: add s3Credentials, azureCredentials or googleCredentials.')];
  return [
    ...(given.length > 1 ? [onKey(here, `A store has one provider; here are ${given.join(' and ')}.`)] : []),
    ...judged(store),
  ];
});

/** The webhook looks at the provider that it comes to last: Azure, S3, Google. */
function judged({ s3Credentials, azureCredentials, googleCredentials }: BarmanObjectStore): Finding[] {
  if (googleCredentials) return google(googleCredentials);
  if (s3Credentials) return s3(s3Credentials);
  return azureCredentials ? azure(azureCredentials) : [];
}

function s3({
  inheritFromIAMRole,
  accessKeyId,
  secretAccessKey,
}: NonNullable<BarmanObjectStore['s3Credentials']>): Finding[] {
  const path = [...here, 's3Credentials'];
  const hasKey = accessKeyId !== undefined || secretAccessKey !== undefined;
  return [
    ...(hasKey && !(accessKeyId && secretAccessKey)
      ? [onKey(path, `Keys come in pairs: add ${accessKeyId ? 'secretAccessKey' : 'accessKeyId'}.`)]
      : []),
    ...(!hasKey && !inheritFromIAMRole
      ? [onKey(path, 'Nothing says how to log in: add accessKeyId and secretAccessKey, or inheritFromIAMRole: true.')]
      : []),
    ...(hasKey && inheritFromIAMRole ? [onKey(path, 'Log in by keys or by inheritFromIAMRole, not by both.')] : []),
  ];
}

function azure(given: NonNullable<BarmanObjectStore['azureCredentials']>): Finding[] {
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
      ? [onKey(path, 'A connection string says everything: remove the other fields beside it.')]
      : []),
    ...((given.storageKey ?? given.storageSasToken) && !given.storageAccount
      ? [onKey(path, 'A key or SAS token belongs to an account: add storageAccount.')]
      : []),
  ];
}

function google({
  gkeEnvironment,
  applicationCredentials,
}: NonNullable<BarmanObjectStore['googleCredentials']>): Finding[] {
  if (!gkeEnvironment === !!applicationCredentials) return [];
  return [
    onKey(
      [...here, 'googleCredentials'],
      gkeEnvironment
        ? 'With gkeEnvironment the account of the workload is used: remove applicationCredentials.'
        : 'Nothing says how to log in: add applicationCredentials, or gkeEnvironment: true.',
    ),
  ];
}
