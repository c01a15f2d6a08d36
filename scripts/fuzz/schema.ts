/**
 * Holds what is said of random manifests against a real API server: YAML, structure, metadata, CEL. There is no operator behind
 * that server, so its webhooks are left out on both sides. Prints each disagreement with the text that shows it.
 *
 * Usage: node scripts/fuzz/schema.ts [--count N] [--seed N] [--kind KIND]; exits with 1 when they disagree.
 */
import https from 'node:https';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { admit } from '../../src/language/admission/admit.ts';
import { isOurs, parseFile } from '../../src/language/manifest.ts';
import { structuralDiagnostics } from '../../src/language/structural.ts';
import type { Schemas } from '../../src/language/schemas.ts';
import { loadSchemas } from '../../src/server/schemas.ts';
import { installDefinitions, kindsOf } from '../../test/real-kubernetes/definitions.ts';
import type { KindDefinition } from '../../test/real-kubernetes/definitions.ts';
import { findBinaries, startControlPlane } from '../../test/real-kubernetes/control-plane.ts';
import type { ControlPlane } from '../../test/real-kubernetes/control-plane.ts';
import { mutated, written } from './mutations.ts';
import { manifestOf } from './samples.ts';

/** Requests under way at a time. */
const width = 16;

interface Disagreement {
  kind: string;
  text: string;
  ours: string[];
  server: Pick<Answer, 'code' | 'message'>;
}

const root = path.resolve(import.meta.dirname, '../..');

/** What is said of a text without an operator; nothing: accepted. */
/** `undefined`: not to be compared. */
function ourVerdict(text: string, { kind, apiVersion }: KindDefinition, schemas: Schemas): string[] | undefined {
  const { documents } = parseFile(text);
  // Streams are taken apart before they are sent; here only one document is.
  if (documents.length > 1) return undefined;
  const syntax = documents.flatMap(({ errors }) => errors.map(({ message }) => message));
  if (syntax.length > 0) return syntax;
  const [document] = documents.filter(isOurs);
  if (!document) return ['no document of ours'];
  if (document.kind !== kind || document.apiVersion !== apiVersion) return ['another kind'];
  const schema = schemas.kind(schemas.versions[0] ?? '', document.apiVersion, document.kind);
  if (!schema) return ['unknown kind'];
  return structuralDiagnostics(document, admit(document, schema.structure, false), schema, undefined)
    .filter(({ severity }) => severity === 1)
    .map(({ code, message }) => `${code}: ${message}`);
}

/** An API server takes a list where text of a format is wanted; the operator, who cannot read it, stops then. */
const isKnown = (ours: readonly string[]): boolean =>
  ours.length > 0 && ours.every(each => /must be a point in time .* and this is a list/.test(each));

export interface Answer {
  code: number;
  /** The server's words; empty when it is content. */
  message: string;
  object: unknown;
}

/** One request: creates, replaces (with a name) or removes an object. @throws Error when there is no answer within 30 s */
export function ask(
  { url, ca, cert, key }: ControlPlane['admin'],
  { apiVersion, scope, plural }: KindDefinition,
  { text, name, dryRun, remove }: { text?: string; name?: string; dryRun?: boolean; remove?: boolean },
): Promise<Answer> {
  const place = scope === 'Namespaced' ? 'namespaces/default/' : '';
  const target = `${url}/apis/${apiVersion}/${place}${plural}${name === undefined ? '' : `/${name}`}`;
  const method = remove ? 'DELETE' : name === undefined ? 'POST' : 'PUT';
  const headers = { 'content-type': 'application/yaml', accept: 'application/json' };
  const query = remove ? '' : `?fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
  return new Promise((resolve, reject) => {
    const request = https.request(
      `${target}${query}`,
      { method, ca, cert, key, agent, timeout: 30_000, headers },
      response => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('error', reject);
        response.on('end', () => {
          const code = response.statusCode ?? 0;
          const object = JSON.parse(body) as { message?: string };
          resolve({ code, message: code < 300 ? '' : (object.message ?? body), object });
        });
      },
    );
    request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer within 30 s')));
    request.end(text);
  });
}

const agent = new https.Agent({ keepAlive: true, maxSockets: width });

/** @returns where they disagree, for `count` manifests of each kind */
export async function compare(
  plane: ControlPlane,
  options: { count: number; seed: number; kinds?: readonly string[] },
): Promise<{ asked: number; accepted: number; disagreements: Disagreement[] }> {
  const schemas = loadSchemas(root);
  const kinds = kindsOf(root).filter(({ kind }) => !options.kinds || options.kinds.includes(kind));
  const cases = kinds.flatMap(definition => {
    const texts = manifestOf(definition).chain(mutated).chain(written);
    return fc.sample(texts, { seed: options.seed, numRuns: options.count }).map(text => ({ definition, text }));
  });
  const disagreements: Disagreement[] = [];
  let accepted = 0;
  const next = cases.values();
  const worker = async (): Promise<void> => {
    for (const { definition, text } of next) {
      const server = await ask(plane.admin, definition, { text, dryRun: true });
      const ours = ourVerdict(text, definition, schemas);
      // What was sent to the wrong namespace was not looked at.
      if (/namespace of the provided object|^namespaces? .* not found/.test(server.message)) continue;
      if (!ours || isKnown(ours)) continue;
      if (server.code < 300) accepted++;
      if (server.code < 300 !== (ours.length === 0)) {
        const { code, message } = server;
        disagreements.push({ kind: definition.kind, text, ours, server: { code, message } });
      }
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return { asked: cases.length, accepted, disagreements };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '500' }, seed: { type: 'string' }, kind: { type: 'string' } },
  });
  const binaries = findBinaries();
  if (typeof binaries === 'string') {
    console.log(`left out, no API server: ${binaries}`);
    return 0;
  }
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const plane = await startControlPlane(binaries.folder);
  try {
    await installDefinitions(plane, root);
    const { asked, accepted, disagreements } = await compare(plane, {
      count: Number(values.count),
      seed,
      ...(values.kind !== undefined && { kinds: [values.kind] }),
    });
    for (const { kind, text, ours, server } of disagreements)
      console.log(
        `── ${kind}: the server says ${server.code} ${server.message}\nwe say ${ours.join('; ') || 'nothing'}\n${text}`,
      );
    console.log(`seed ${seed}: ${asked} manifests, ${accepted} accepted, ${disagreements.length} disagreements`);
    return disagreements.length > 0 ? 1 : 0;
  } finally {
    agent.destroy();
    await plane.stop();
  }
}

if (import.meta.main) process.exitCode = await main();
