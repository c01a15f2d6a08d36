/** A valid pair, and what each change of it is told. The pair and the table follow the manual's distributed topology. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, createWorkspace, parseFile } from '../../src/language/index.ts';
import type { ManifestDiagnostic, Scope } from '../../src/language/index.ts';
import { newest, schemas } from '../support/schemas.ts';

const names = ['a', 'b'] as const;
type Name = (typeof names)[number];
const other = (name: Name): Name => (name === 'a' ? 'b' : 'a');

const store = (name: Name): string => `apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: store-${name}, namespace: pg}
spec: {configuration: {destinationPath: "s3://${name}/", s3Credentials: {inheritFromIAMRole: true}}}
`;

const schedule = (name: Name): string => `apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: nightly, namespace: pg}
spec:
  schedule: "0 0 2 * * *"
  cluster: {name: orders-${name}}
  method: plugin
  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}
`;

const plugin = (name: Name): string =>
  `{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: store-${name}, serverName: orders-${name}}}`;

const self = (name: Name): string => `    - name: orders-${name}
      plugin: ${plugin(name)}
`;

const link = (name: Name): string => `    - name: orders-${name}
      connectionParameters:
        host: orders-${name}.example.net
        user: streaming_replica
        dbname: postgres
        sslmode: verify-full
      sslCert: {name: orders-${name}-replication, key: tls.crt}
      sslKey: {name: orders-${name}-replication, key: tls.key}
      sslRootCert: {name: orders-${name}-ca, key: ca.crt}
      plugin: ${plugin(name)}
`;

const cluster = (name: Name): string => `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: orders-${name}
  namespace: pg
spec:
  instances: 3
  imageName: postgresql:18.4
  storage: {size: 20Gi}
  postgresql:
    parameters:
      max_connections: "200"
      wal_sender_timeout: 30s
      wal_receiver_timeout: 30s
  certificates: {serverAltDNSNames: [orders-${name}.example.net]}
  bootstrap: ${name === 'a' ? '{initdb: {database: app, owner: app}}' : '{recovery: {source: orders-a}}'}
  plugins:
    - {name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: store-${name}, serverName: orders-${name}}}
  replica:
    self: orders-${name}
    primary: orders-a
    source: orders-${other(name)}
  externalClusters:
${name === 'a' ? self('a') + link('b') : link('a') + self('b')}`;

type Files = Record<Name, string>;
const pair = (): Files => {
  const file = (name: Name): string => [cluster(name), store('a'), store('b'), schedule(name)].join('---\n');
  return { a: file('a'), b: file('b') };
};

function found(files: Files, scope: Scope = 'workspace'): (ManifestDiagnostic & { side: Name })[] {
  const workspace = createWorkspace();
  const parsed = names.map(name => ({ name, file: parseFile(files[name]) }));
  for (const { name, file } of parsed) workspace.set({ uri: `file:///${name}/x.yaml`, file, context: `kc-${name}` });
  return parsed.flatMap(({ name, file }) =>
    check(file, { schemas, version: newest, workspace, scope }).map(each => ({ ...each, side: name })),
  );
}

const codes = (files: Files): string[] =>
  found(files)
    .filter(isNoticed)
    .map(({ side, code }) => `${side} ${code}`);
const isNoticed = ({ severity, code }: ManifestDiagnostic): boolean => severity <= 3 && code !== 'RC512';

test('the pair is right', () => {
  assert.deepEqual(codes(pair()), []);
  assert.deepEqual(
    found(pair()).map(({ code }) => code),
    ['RC512', 'RC512'],
  );
});

type Change = [what: string, side: Name, from: string | RegExp, to: string, ...expected: string[]];
const changes: Change[] = [
  ['entry a is gone', 'b', link('a'), '', 'b RC103', 'b RC104', 'b webhook/bootstrap-source', 'b RC307'],
  ['no serverName', 'b', plugin('a'), plugin('a').replace(', serverName: orders-a', ''), 'b RC208', 'b RC305'],
  [
    'the other one’s archive',
    'b',
    /isWALArchiver: true, parameters: \{barmanObjectName: store-b, serverName: orders-b/,
    'isWALArchiver: true, parameters: {barmanObjectName: store-a, serverName: orders-a',
    'a RC304',
    'a RC305',
    'b RC304',
    'b RC306',
  ],
  ['b primary too', 'b', 'primary: orders-a', 'primary: orders-b', 'a RC301', 'a RC303', 'b RC301', 'b RC303'],
  ['a demoted', 'a', 'primary: orders-a', 'primary: orders-b', 'a RC113', 'a RC302', 'b RC302'],
  [
    'a token on a replica',
    'a',
    'primary: orders-a',
    'primary: orders-b\n    promotionToken: eyJ9',
    'a webhook/promotion-token',
    'a RC113',
    'a RC302',
    'b RC302',
  ],
  ['a delay that is none', 'b', 'primary: orders-a', 'primary: orders-a\n    minApplyDelay: 1d', 'b RC119'],
  ['an old major', 'b', 'postgresql:18.4', 'postgresql:17.6', 'b RC601'],
  ['fewer connections', 'b', '      max_connections: "200"\n', '', 'b RC604'],
  ['no archive', 'b', / {2}plugins:\n.*\n/, '', 'b RC401'],
  ['streaming only', 'b', `      plugin: ${plugin('a')}\n`, '', 'a RC614', 'b RC416'],
  ['not verified', 'b', 'sslmode: verify-full', 'sslmode: require', 'b RC507'],
  [
    'a schedule without method',
    'a',
    '  method: plugin\n  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}\n',
    '',
    'a RC404',
  ],
  ['five fields', 'a', '"0 0 2 * * *"', '"0 2 * * *"', 'a webhook/schedule'],
  ['a store that is not there', 'b', `---\n${store('a')}`, '', 'b RC205'],
];
for (const [what, side, from, to, ...expected] of changes)
  test(`told: ${what}`, () => {
    const files = pair();
    const changed = files[side].replace(from, to);
    assert.notEqual(changed, files[side]);
    assert.deepEqual(codes({ ...files, [side]: changed }).sort(), expected.sort());
  });

test('told: two of one name', () => {
  const named = (text: string): string =>
    text.replace(/name: orders-[ab]\n {2}namespace/, 'name: orders\n  namespace').replace(/ {4}self:.*\n/, '');
  const files = { a: named(pair().a), b: named(pair().b) };
  assert.deepEqual(
    codes(files).filter(code => code.endsWith('RC311')),
    ['a RC311', 'b RC311'],
  );
});

test('related information leads to the other side', () => {
  const files = pair();
  const [disagree] = found({ ...files, b: files.b.replace('primary: orders-a', 'primary: orders-b') });
  const at = disagree?.relatedInformation?.[0]?.location;
  assert.equal(at?.uri, 'file:///b/x.yaml');
  assert.equal(files.b.split('\n')[at?.range.start.line ?? 0]?.trim(), 'primary: orders-a');
});

test('what is only not known is not called missing', () => {
  const files = { a: '', b: cluster('b') };
  const known = found(files, 'known').map(({ code }) => code);
  for (const code of ['RC205', 'RC310', 'RC403', 'RC409', 'RC510', 'RC802']) assert.ok(!known.includes(code), code);
  assert.deepEqual(
    found(files, 'alone').filter(({ code }) => /^RC[2-9]/.test(code)),
    [],
  );
});

test('the other side is judged anew when this one changes, and nothing else is', () => {
  const workspace = createWorkspace();
  const files = pair();
  const a = parseFile(files.a);
  workspace.set({ uri: 'a', file: a });
  workspace.set({ uri: 'b', file: parseFile(files.b) });
  const codesOfA = (): string[] =>
    check(a, { schemas, version: newest, workspace, scope: 'known' }).flatMap(({ code, severity }) =>
      severity < 3 ? [code] : [],
    );
  assert.deepEqual(codesOfA(), []);
  workspace.set({ uri: 'b', file: parseFile(files.b.replace('primary: orders-a', 'primary: orders-b')) });
  assert.deepEqual(codesOfA(), ['RC301', 'RC303']);
  const moved = parseFile(`# a line\n${files.a}`, a);
  workspace.set({ uri: 'a', file: moved });
  const [first] = check(moved, { schemas, version: newest, workspace, scope: 'known' });
  assert.equal(`# a line\n${files.a}`.split('\n')[first?.range.start.line ?? 0]?.trim(), 'primary: orders-a');
  workspace.set({ uri: 'b', file: parseFile(files.b) });
  assert.deepEqual(codesOfA(), []);
});
