/** What the user hears of a refactoring that cannot be done. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWorkspace, parseFile } from '../../src/language/index.ts';
import { createRefactorings } from '../../src/server/refactorings.ts';
import { clusterText } from '../support/pairs.ts';

const capabilities = {
  workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ['create' as const] } },
  textDocument: { codeAction: { resolveSupport: { properties: ['edit'] } } },
};

for (const [layout, text, isChanged] of [
  ['block style', clusterText({ name: 'cluster-eu' }), true],
  [
    'a list in flow style, which takes no entry',
    clusterText({ name: 'cluster-eu' }).replace('spec:', 'spec:\n  externalClusters: [{name: x}]'),
    false,
  ],
] as const)
  test(`a refactoring is done, or it is said that nothing was changed: ${layout}`, () => {
    const uri = 'file:///cluster-eu.yaml';
    const file = parseFile(text);
    const workspace = createWorkspace();
    workspace.set({ uri, file });
    const told: string[] = [];
    const refactorings = createRefactorings({
      workspace,
      fileOf: () => file,
      capabilities: () => capabilities,
      tell: message => told.push(message),
    });
    const [action] = refactorings.offered(uri, { line: 3, character: 4 }, { diagnostics: [], only: ['refactor'] });
    assert.ok(action);
    assert.equal(refactorings.resolved(action).edit !== undefined, isChanged);
    assert.equal(told.length, isChanged ? 0 : 1);
    if (!isChanged)
      assert.match(told[0] ?? '', /^Make the other side of cluster-eu.*: nothing was changed\. No safe edit/);
  });
