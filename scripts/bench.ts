/**
 * Prints one line per figure: `name  value unit`. Build first (`npm run build`), or pass nothing and it builds.
 * Usage: node scripts/bench.ts [package | server | lint | archive | editor | picture | scale [--quick]]; without argument all of them.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const wanted = process.argv[2] ?? 'all';
execFileSync(process.execPath, ['scripts/package.ts'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });

for (const name of ['package', 'server', 'lint', 'archive', 'editor', 'picture', 'scale'])
  if (wanted === 'all' || wanted === name) {
    const { measure } = (await import(`./bench/${name}.ts`)) as { measure: (root: string) => AsyncIterable<Figure> };
    for await (const { figure, value, unit } of measure(root)) console.log(`${figure.padEnd(64)} ${value} ${unit}`);
  }

export interface Figure {
  figure: string;
  value: string;
  unit: string;
}
