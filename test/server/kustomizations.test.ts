/** What the files on disk say of each other. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { createKustomizations } from '../../src/server/kustomizations.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'cnpg-kustomize-'));
after(() => fs.rmSync(root, { recursive: true }));
const at = (name: string): string => path.join(root, name);
function write(name: string, text: string): void {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(at(name), text);
}

test('the role of a file', () => {
  write('base/kustomization.yaml', 'resources: [cluster.yaml]\n');
  write('eu/kustomization.yml', 'resources: [../base]\npatches: [{path: patches/size.yaml}]\n');
  write('fix/Kustomization', 'kind: Component\npatchesStrategicMerge: [fix.yaml]\n');
  const kustomizations = createKustomizations();
  const roles: [file: string, role: string][] = [
    ['base/cluster.yaml', 'whole'],
    ['base/other.yaml', 'unknown'],
    ['eu/patches/size.yaml', 'patch'],
    ['eu/patches/other.yaml', 'whole'],
    ['fix/fix.yaml', 'patch'],
    ['plain/cluster.yaml', 'whole'],
    ['missing/folder/cluster.yaml', 'whole'],
  ];
  for (const [file, role] of roles) assert.equal(kustomizations.roleOf(at(file)), role, file);
});

test('a changed kustomization is read anew, when it is looked at again', () => {
  write('live/kustomization.yaml', 'resources: [a.yaml]\n');
  const kustomizations = createKustomizations();
  assert.equal(kustomizations.roleOf(at('live/a.yaml')), 'whole');
  write('live/kustomization.yaml', 'patches: [{path: a.yaml}]\n');
  fs.utimesSync(at('live/kustomization.yaml'), 1, 1);
  assert.equal(kustomizations.roleOf(at('live/a.yaml')), 'whole');
  kustomizations.forget();
  assert.equal(kustomizations.roleOf(at('live/a.yaml')), 'patch');
  fs.rmSync(at('live/kustomization.yaml'));
  kustomizations.forget();
  assert.equal(kustomizations.roleOf(at('live/a.yaml')), 'whole');
});
