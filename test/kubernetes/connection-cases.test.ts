import { test } from 'node:test';
import type { ApiServerOptions } from '../../src/simulator/api/server.ts';
import { startApiServer } from '../../src/simulator/api/server.ts';
import { kindOf } from '../../src/simulator/api/kinds.ts';
import { openRelay } from '../real-kubernetes/relay.ts';
import type { Right } from './connection-cases.ts';
import { cases } from './connection-cases.ts';

for (const [title, run] of Object.entries(cases))
  test(`simulated API server: ${title}`, { timeout: 30_000 }, async t => {
    let rights: Right[] = [];
    const allow: ApiServerOptions['allow'] = ({ user, verb, group, resource, subresource, namespace }) =>
      user === 'admin' ||
      rights.some(
        right =>
          right.group === group &&
          [resource + (subresource === undefined ? '' : `/${subresource}`), '*'].some(r =>
            right.resources.includes(r),
          ) &&
          right.verbs.includes(verb) &&
          (right.namespace === undefined || right.namespace === namespace),
      );
    const tokens = { 'of-the-admin': 'admin', 'of-the-viewer': 'viewer' };
    const server = await startApiServer({ tokens, allow, absent: ['databaseroles'] });
    const relay = await openRelay(server.url);
    t.after(async () => {
      await relay.cut();
      await server.stop();
    });
    await run(t, {
      relay,
      cluster: { 'insecure-skip-tls-verify': true },
      users: { admin: { token: 'of-the-admin' }, viewer: { token: 'of-the-viewer' } },
      allow: async wanted => void (rights = wanted),
      create: async object => void server.store.create(kindOf(object), object as never),
      remove: async object => {
        server.store.remove(kindOf(object), object.metadata.namespace, object.metadata.name);
      },
    });
  });
