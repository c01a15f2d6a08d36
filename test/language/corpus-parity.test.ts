/**
 * Holds the diagnostics against verdicts of a real API server with the real operator's webhooks. The floor is what the rules
 * built so far reach; CEL and most webhook rules are not among them.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { check, parseFile } from '../../src/language/index.ts';
import { needsReference, reference } from '../support/shared.ts';
import { newest, schemas } from '../support/schemas.ts';

interface Verdict {
  id: string;
  family: string;
  op: 'create' | 'update';
  mutation: string;
  yaml: string;
  verdict: 'accepted' | 'rejected';
  message?: string;
}

test('verdicts of a real API server', needsReference, context => {
  const verdicts = fs
    .readFileSync(path.join(reference, 'corpus/verdicts.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Verdict)
    .filter(({ op }) => op === 'create');
  const flags = ({ yaml }: Verdict): string[] =>
    check(parseFile(yaml), { schemas, version: newest })
      .filter(({ severity }) => severity === 1)
      .map(({ code, message }) => `${code}: ${message}`);
  const rejected = verdicts.filter(({ verdict }) => verdict === 'rejected');
  const caught = rejected.filter(verdict => flags(verdict).length > 0);
  const accepted = verdicts.filter(({ verdict }) => verdict === 'accepted');
  const flagged = accepted.filter(verdict => flags(verdict).length > 0);
  context.diagnostic(`caught ${caught.length} of ${rejected.length} rejected creations`);
  context.diagnostic(`flagged ${flagged.length} of ${accepted.length} accepted ones`);
  if (process.env['CNPG_CORPUS']) {
    for (const v of flagged) console.log('FLAGGED', v.id, v.family, v.mutation, flags(v)[0]);
    for (const v of rejected.filter(each => !caught.includes(each)))
      console.log('MISSED', v.id, v.family, '|', v.mutation, '|', v.message?.slice(0, 160));
  }
  assert.ok(caught.length / rejected.length >= 0.995);
  // One is sent to the endpoint of another kind than it names, which no file can tell.
  assert.ok(flagged.length <= 1);
});
