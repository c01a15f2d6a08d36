import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { renderLive } from '../../src/language/live-yaml.ts';

const about = { title: 'Cluster default/a (context eu)', readAt: new Date('2026-11-23T10:00:00Z') };

test('status comes last, managed fields become a comment, what repeats the manifest is left out', () => {
  const text = renderLive(
    {
      status: { phase: 'Cluster in healthy state' },
      spec: { instances: 3, postgresql: { parameters: { wal_log_hints: 'on' } } },
      metadata: {
        uid: 'u',
        managedFields: [
          { manager: 'kubectl', operation: 'Update', time: '2026-11-23T09:00:00Z' },
          { manager: 'manager\n  injected: true', operation: 'Update', subresource: 'status' },
        ],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'kept' },
        name: 'a',
      },
      kind: 'Cluster',
      apiVersion: 'postgresql.cnpg.io/v1',
    } as never,
    about,
  );
  assert.equal(
    text,
    `# Cluster default/a (context eu)
# as the API server had it at 2026-11-23 10:00:00 UTC; read-only
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata:
  name: a
  annotations:
    note: kept
  uid: u
spec:
  instances: 3
  postgresql:
    parameters:
      wal_log_hints: "on"
status:
  phase: Cluster in healthy state
# kubectl.kubernetes.io/last-applied-configuration is left out: it repeats an earlier manifest.
# metadata.managedFields is left out: 2 managers.
#   kubectl: Update at 2026-11-23T09:00:00Z
#   manager   injected: true: Update of status
`,
  );
});

test('what is written is what was read, under both versions of YAML', () => {
  fc.assert(
    fc.property(fc.jsonValue(), spec => {
      const text = renderLive({ metadata: { name: 'a' }, spec } as never, about);
      // As JSON, which knows no -0.
      for (const version of ['1.1', '1.2'] as const)
        assert.equal(JSON.stringify((parse(text, { version }) as { spec: unknown }).spec), JSON.stringify(spec));
    }),
  );
});
