/** Every rule in CEL of the newest CRDs has a spec that it refuses and one that it takes. A real API server is asked the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, parseFile } from '../../src/language/index.ts';
import type { Structure } from '../../src/language/index.ts';
import { apiVersionOf, celCases, manifestOf } from '../support/cel-cases.ts';
import { newest, schemas } from '../support/schemas.ts';

/** Messages of refusals by rules in CEL. */
const refusals = (kind: string, spec: object, before?: object): string[] =>
  check(parseFile(manifestOf(kind, spec)), {
    schemas,
    version: newest,
    ...(before && { against: parseFile(manifestOf(kind, before)) }),
  })
    .filter(({ severity }) => severity === 1)
    .map(({ code, message }) => `${code}: ${message}`);

for (const { kind, spec, before, refused } of celCases)
  test(`${kind} ${JSON.stringify(spec)}${before ? ` after ${JSON.stringify(before)}` : ''}`, () => {
    const found = refusals(kind, spec, before);
    if (refused === undefined) assert.deepEqual(found, []);
    // Where a list has keys, they are compared before the rule is asked.
    else
      assert.ok(
        found.some(each => each.includes(refused) || each.startsWith('schema/duplicate')),
        String(found),
      );
  });

function messagesIn(structure: Structure): string[] {
  const { properties = {}, items, additionalProperties } = structure;
  const parts = [...Object.values(properties), items, additionalProperties];
  return [
    ...(structure['x-kubernetes-validations'] ?? []).map(({ message }) => message),
    ...parts.flatMap(part => (typeof part === 'object' ? messagesIn(part) : [])),
  ];
}

test('no rule is without an example that it refuses', () => {
  const kinds = [...new Set(celCases.map(({ kind }) => kind))];
  const all = ['postgresql.cnpg.io/v1', 'barmancloud.cnpg.io/v1'].flatMap(group => schemas.kinds(newest, group));
  for (const kind of all) {
    const structure = schemas.kind(newest, apiVersionOf(kind), kind)?.structure;
    const messages = structure ? messagesIn(structure) : [];
    const shown = celCases.filter(each => each.kind === kind && each.refused !== undefined);
    for (const message of messages)
      assert.ok(
        shown.some(({ refused }) => message.includes(refused ?? '')),
        `${kind}: ${message}`,
      );
    assert.ok(messages.length === 0 || kinds.includes(kind));
  }
});
