/** A manifest beside the live object: what was filled in is no change, what somebody changed is, and the layout stays. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { admit } from '../../src/language/admission/admit.ts';
import { isOurs, parseFile } from '../../src/language/index.ts';
import { withLiveValues } from '../../src/language/live-diff.ts';
import { readVerdicts } from '../support/parity.ts';
import { newest, schemas } from '../support/schemas.ts';
import { needsReference, reference } from '../support/shared.ts';

const structureOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }) => {
  const found = schemas.kind(newest, apiVersion, kind);
  assert.ok(found, `${apiVersion} ${kind}`);
  return found.structure;
};

/** What the API server has after the text was applied, as far as this product knows. */
function applied(text: string): Record<string, unknown> {
  const document = parseFile(text).documents.find(isOurs);
  assert.ok(document);
  const { object } = admit(document, structureOf(document));
  return structuredClone({
    ...object,
    metadata: {
      ...(object['metadata'] as object),
      uid: '0d3468c4-6001-4913-8989-f4c494e2dd6a',
      resourceVersion: '1352',
      generation: 1,
      creationTimestamp: '2026-11-23T09:48:32Z',
      managedFields: [{ manager: 'kubectl', operation: 'Update' }],
    },
    status: { phase: 'Cluster in healthy state' },
  });
}

function compared(text: string, live: Record<string, unknown>): string {
  const file = parseFile(text);
  const document = file.documents.find(isOurs);
  assert.ok(document);
  return withLiveValues(file, document, live, structureOf(document));
}

/** Lines that are only in one of two texts, marked as diff marks them. */
function difference(before: string, after: string): string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let [head, tail] = [0, 0];
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  return [
    ...a.slice(head, a.length - tail).map(line => `-${line}`),
    ...b.slice(head, b.length - tail).map(line => `+${line}`),
  ];
}

const manifest = `# ours
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: a
spec:
  instances: 3 # three zones
  storage: { size: 10Gi }
  postgresql:
    parameters:
      # for the application
      max_connections: "200"
      work_mem: 8MB
  resources:
    limits:
      memory: 1024Mi
      cpu: 1000m
  plugins:
    - name: barman-cloud.cloudnative-pg.io
      isWALArchiver: true
      parameters:
        barmanObjectName: store
  externalClusters:
    - name: a
      connectionParameters: { host: a-rw }
    # the other side
    - name: b
      connectionParameters: { host: b-rw }
  smartShutdownTimeout: 60
`;

interface Spec {
  [field: string]: unknown;
  postgresql: { parameters: Record<string, string> };
  externalClusters: { name: string; [field: string]: unknown }[];
  resources: { limits: Record<string, string> };
}

const changed = (change: (spec: Spec, live: Record<string, unknown>) => void, text = manifest): string[] => {
  const live = applied(text);
  change(live['spec'] as Spec, live);
  return difference(text, compared(text, live));
};

test('what the API server and the operator fill in is no change', () =>
  assert.deepEqual(
    changed(() => undefined),
    [],
  ));

test('quantities and durations written in another way are no change', () =>
  assert.deepEqual(
    changed(spec => {
      spec.resources.limits = { memory: '1Gi', cpu: '1' };
    }),
    [],
  ));

test('a changed value is changed in its place; the comment beside it stays', () =>
  assert.deepEqual(
    changed(spec => (spec['instances'] = 5)),
    ['-  instances: 3 # three zones', '+  instances: 5 # three zones'],
  ));

test('a value in flow style stays in flow style', () =>
  assert.deepEqual(
    changed(spec => (spec['storage'] = { size: '20Gi', storageClass: 'fast', resizeInUseVolumes: true })),
    ['-  storage: { size: 10Gi }', '+  storage: {"size":"20Gi","storageClass":"fast"}'],
  ));

test('what somebody added and is no default is added at the end of its mapping', () => {
  assert.deepEqual(
    changed(spec => {
      spec.postgresql.parameters['log_min_duration_statement'] = '1s';
      spec['stopDelay'] = 1800;
    }),
    ['+      log_min_duration_statement: 1s'],
  );
  assert.deepEqual(
    changed(spec => (spec['priorityClassName'] = 'high')),
    ['+  priorityClassName: high'],
  );
});

test('what somebody removed is removed', () =>
  assert.deepEqual(
    changed(spec => delete spec.postgresql.parameters['work_mem']),
    ['-      work_mem: 8MB'],
  ));

test('items of lists are told apart by their names', () => {
  assert.deepEqual(
    changed(spec => spec.externalClusters.shift()),
    ['-    - name: a', '-      connectionParameters: { host: a-rw }'],
  );
  assert.deepEqual(
    changed(spec => spec.externalClusters.push({ name: 'c', connectionParameters: { host: 'c-rw' } })),
    ['+    - name: c', '+      connectionParameters:', '+        host: c-rw'],
  );
  assert.deepEqual(
    changed(spec => spec.externalClusters.reverse()),
    [],
  );
});

test('labels and annotations are compared, except the marks of the tools that apply manifests', () =>
  assert.deepEqual(
    changed((_, live) => {
      Object.assign(live['metadata'] as object, {
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'argocd.argoproj.io/tracking-id': 'x',
          'cnpg.io/fencedInstances': '["*"]',
        },
      });
    }),
    ['+  annotations:', `+    cnpg.io/fencedInstances: '["*"]'`],
  ));

test('the other documents of the file are left alone', () => {
  const text = `# first\nkind: Other\n---\n${manifest}---\nkind: Last\n`;
  assert.deepEqual(
    changed(spec => (spec['instances'] = 1), text),
    ['-  instances: 3 # three zones', '+  instances: 1 # three zones'],
  );
});

test('Windows line ends stay', () => {
  const text = manifest.replaceAll('\n', '\r\n');
  const live = applied(text);
  (live['spec'] as Spec)['priorityClassName'] = 'high';
  assert.equal(compared(text, live), `${text}  priorityClassName: high\r\n`);
});

test('where anchors leave no other way the document is written anew', () => {
  const text = manifest
    .replace('limits:', 'limits: &limits')
    .replace('cpu: 1000m', 'cpu: 1000m\n    requests: *limits');
  const live = applied(text);
  (live['spec'] as Spec).resources['requests' as 'limits'] = { memory: '512Mi', cpu: '1' };
  const after = parse(compared(text, live)) as { spec: Spec };
  assert.deepEqual(after.spec.resources['requests' as 'limits'], { memory: '512Mi', cpu: '1000m' });
});

test('a real object has no changes against the manifest that it was made from', needsReference, () => {
  const lines = fs.readFileSync(
    path.join(reference, 'transcripts/05-controlled-switchover-a-to-b/k8s1.watch.jsonl'),
    'utf8',
  );
  const live = lines
    .split('\n')
    .filter(line => line.includes('"res": "clusters"') || line.includes('"res":"clusters"'))
    .map(line => (JSON.parse(line) as { obj: Record<string, unknown> }).obj)[0];
  assert.ok(live);
  const { spec } = live as unknown as { spec: Spec & Record<string, object> };
  const text = `apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: cluster-a
spec:
  instances: 3
  imageName: ghcr.io/cloudnative-pg/postgresql:15.18
  storage:
    size: 1Gi
  backup: ${JSON.stringify({ barmanObjectStore: (spec['backup'] as Record<string, unknown>)['barmanObjectStore'] })}
  externalClusters: ${JSON.stringify(spec.externalClusters)}
  replica: ${JSON.stringify(spec['replica'])}
`;
  assert.deepEqual(difference(text, compared(text, live)), []);
});

test('no accepted manifest differs from what applying it makes', needsReference, () => {
  const different = readVerdicts()
    .filter(({ verdict }) => verdict === 'accepted')
    .filter(({ yaml }) => {
      const document = parseFile(yaml).documents.find(isOurs);
      return document !== undefined && schemas.kind(newest, document.apiVersion, document.kind) !== undefined;
    })
    .flatMap(({ id, yaml }) => {
      const lines = difference(yaml, compared(yaml, applied(yaml)));
      return lines.length === 0 ? [] : [`${id}: ${lines.slice(0, 4).join(' ')}`];
    });
  assert.deepEqual(different, []);
});
