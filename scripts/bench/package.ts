import fs from 'node:fs';
import path from 'node:path';
import type { Figure } from '../bench.ts';

const kilobytes = (file: string): string => (fs.statSync(file).size / 1024).toFixed(0);

export async function* measure(root: string): AsyncIterable<Figure> {
  yield { figure: 'VSIX', value: kilobytes(path.join(root, 'dist/cnpg-replica-clusters.vsix')), unit: 'kB' };
  for (const bundle of ['extension', 'server', 'cluster', 'archive', 'simulator', 'cli', 'webview'])
    yield { figure: `bundle ${bundle}.js`, value: kilobytes(path.join(root, `dist/${bundle}.js`)), unit: 'kB' };
}
