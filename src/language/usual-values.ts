/** Values that a field often has, where its schema only says that it is a text. */
import { barmanPlugin } from '../model/cluster.ts';
import { scheduleWords } from '../model/cron.ts';
import type { Path } from './manifest.ts';
import { docPath } from './schemas.ts';

export interface UsualValue {
  value: string;
  meaning?: string;
}

const plain = (...values: string[]): UsualValue[] => values.map(value => ({ value }));

const sizes = plain('1Gi', '5Gi', '10Gi', '50Gi', '100Gi', '500Gi', '1Ti');
const cpus = plain('100m', '500m', '1', '2', '4', '8');
const memories = plain('256Mi', '512Mi', '1Gi', '2Gi', '4Gi', '8Gi', '16Gi', '32Gi');

const schedules: UsualValue[] = ['0 0 2 * * *', '0 0 */6 * * *', '0 30 1 * * 0', '@daily', '@every 12h'].map(text => ({
  value: `"${text}"`,
  meaning: scheduleWords(text),
}));

/** Tags of the project's own images: major version, what is in them, Debian release. */
const images: UsualValue[] = ['18', '17', '16', '15', '14'].flatMap(major =>
  [
    ['standard', 'with the usual extensions'],
    ['minimal', 'PostgreSQL alone: extensions come as images'],
  ].map(([flavour = '', meaning = '']) => ({
    value: `ghcr.io/cloudnative-pg/postgresql:${major}-${flavour}-trixie`,
    meaning,
  })),
);

const usual: [RegExp, UsualValue[]][] = [
  [/^spec\.schedule$/, schedules],
  [/^spec\.(imageName|postgresql\.image|images\[\]\.image)$/, images],
  [/(^|\.)(storage|walStorage)\.size$/, sizes],
  [/\.resources\.(requests|limits)\.cpu$/, cpus],
  [/\.resources\.(requests|limits)\.memory$/, memories],
  [/\.resources\.requests\.storage$/, sizes],
  [/(^|\.)retentionPolicy$/, plain('7d', '30d', '90d', '4w', '6m')],
  [/^spec(\.externalClusters\[\])?\.plugins?(\[\])?\.name$/, plain(barmanPlugin)],
  [/^spec\.pluginConfiguration\.name$/, plain(barmanPlugin)],
  [/^spec\.replica\.minApplyDelay$/, plain('30m', '1h', '8h')],
  [/\.connectionParameters\.sslmode$/, plain('verify-full', 'verify-ca', 'require')],
  [/\.connectionParameters\.user$/, plain('streaming_replica', 'app', 'postgres')],
  [/\.connectionParameters\.dbname$/, plain('postgres', 'app')],
  [/\.connectionParameters\.port$/, plain('"5432"')],
  [
    /^metadata\.annotations\.cnpg\.io\/(hibernation)$/,
    [
      { value: '"on"', meaning: 'all pods are deleted, volumes stay' },
      { value: '"off"', meaning: 'awake' },
    ],
  ],
  [
    /^spec\.configuration\.destinationPath$/,
    plain('s3://BUCKET/', 'gs://BUCKET', 'https://ACCOUNT.blob.core.windows.net/CONTAINER'),
  ],
];

export const usualValues = (path: Path): UsualValue[] => usual.find(([shape]) => shape.test(docPath(path)))?.[1] ?? [];
