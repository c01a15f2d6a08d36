/** The OpenAPI v3 documents of our kinds. Source: Kubernetes manual, "The Kubernetes API", OpenAPI v3. */
import type { Client } from './client.ts';
import type { PublishedSchema } from './contract.ts';
import { garbage } from './failures.ts';

const wanted = ['postgresql.cnpg.io/v1', 'barmancloud.cnpg.io/v1'];

interface Index {
  paths?: Record<string, { serverRelativeURL?: string }>;
}

interface Document {
  paths?: Record<string, unknown>;
  components?: { schemas?: Record<string, unknown> };
}

export async function publishedSchemas(
  client: Client,
  context: string,
  signal: AbortSignal,
): Promise<PublishedSchema[]> {
  const what = `List the published schemas in context ${context}`;
  const { body } = await client.json<Index>({ what, path: '/openapi/v3' }, signal);
  return wanted.flatMap(groupVersion => {
    const path = `/openapi/v3/apis/${groupVersion}`;
    const entry = body.paths?.[`apis/${groupVersion}`];
    if (!entry) return [];
    const hash = /[?&]hash=([^&]+)/.exec(entry.serverRelativeURL ?? '')?.[1];
    if (hash === undefined) throw garbage(what, `It gives no hash for ${groupVersion}.`);
    return [{ groupVersion, hash, read: (stop: AbortSignal) => read(client, context, groupVersion, path, stop) }];
  });
}

/** Only what is read of it: the descriptions of each path's operations are most of the document. */
async function read(
  client: Client,
  context: string,
  groupVersion: string,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  const what = `Read the published schemas of ${groupVersion} in context ${context}`;
  const { paths = {}, components } = (await client.json<Document>({ what, path }, signal)).body;
  if (typeof components?.schemas !== 'object') throw garbage(what, 'The answer has no components.schemas.');
  const names = Object.fromEntries(Object.keys(paths).map(name => [name, {}]));
  return JSON.stringify({ paths: names, components: { schemas: components.schemas } });
}
