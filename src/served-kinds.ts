/** Tells the language server what the connected contexts serve, so that manifests are checked by the CRDs they will meet. */
import type { Connections } from './connections.ts';
import { messageOf } from './errors.ts';
import type { Connection } from './kubernetes/contract.ts';
import type { LanguageService } from './views/language-client.ts';

/** Nothing is asked of a context before it is connected, and again only when it is connected anew. */
export function tellServedKinds(
  connections: Connections,
  language: Promise<LanguageService>,
  log: (message: string) => void,
): { dispose(): void } {
  const stopping = new AbortController();
  let connected: string[] = [];

  async function tell(connection: Connection): Promise<void> {
    const { context } = connection;
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(limit)]);
    const schemas = await connection.publishedSchemas(signal);
    const service = await language;
    const documents = schemas.map(({ groupVersion, hash }) => ({ groupVersion, hash }));
    const wanted = await service.serves(context, documents);
    if (wanted.length === 0) return;
    const texts = await Promise.all(
      schemas.map(async ({ groupVersion, hash, read }) => ({
        groupVersion,
        hash,
        ...(wanted.includes(groupVersion) && { text: await read(signal) }),
      })),
    );
    await service.serves(context, texts);
  }

  async function changed(): Promise<void> {
    const now = connections
      .snapshots()
      .filter(({ state }) => state === 'connected')
      .map(({ context }) => context);
    const added = now.filter(context => !connected.includes(context));
    if (added.length === 0 && now.length === connected.length) return;
    connected = now;
    (await language).connected(now);
    await Promise.all(
      added.map(async context => {
        const connection = connections.get(context);
        await (connection && tell(connection))?.catch((error: unknown) =>
          log(`${context}: what it serves is not known, the newest version is assumed: ${messageOf(error)}`),
        );
      }),
    );
  }

  const listening = connections.onDidChange(() => {
    changed().catch((error: unknown) => log(messageOf(error)));
  });
  return {
    dispose() {
      stopping.abort();
      listening.dispose();
    },
  };
}

/** Milliseconds for all documents of a context. */
const limit = 60_000;
