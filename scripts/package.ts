/** Writes dist/cnpg-replica-clusters.vsix. Usage: node scripts/package.ts [--no-build] */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { createVSIX } from '@vscode/vsce';

const root = path.resolve(import.meta.dirname, '..');
if (!process.argv.includes('--no-build'))
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: root, stdio: 'inherit' });
// vsce packs as zlib does by default; as tight as it can be is 14 kB less.
const { DeflateRaw } = zlib;
Object.assign(zlib, {
  DeflateRaw: class extends DeflateRaw {
    constructor() {
      super({ level: 9 });
    }
  },
});
const packagePath = path.join(root, 'dist/cnpg-replica-clusters.vsix');
await createVSIX({
  cwd: root,
  packagePath,
  dependencies: false,
  rewriteRelativeLinks: false,
  skipLicense: false,
  allowMissingRepository: true,
});
console.log(`${path.relative(root, packagePath)}: ${Math.round(fs.statSync(packagePath).size / 1024)} kB`);
