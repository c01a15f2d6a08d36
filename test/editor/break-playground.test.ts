/**
 * A newcomer breaks the playground of `npm start`, which is another process, by the command palette, sees it in the tree, and repairs it.
 * Screenshots are in test-results/break-playground/.
 */
import { after, before, test } from 'node:test';
import { openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import type { Workbench } from './workbench.ts';

let stage: Stage;
let w: Workbench;

before(async () => {
  stage = await openStage('break-playground');
  w = stage.workbench;
  await w.activity('CloudNativePG');
  await w.connectBoth();
});

after(() => stage?.close());

async function choose(fault: RegExp): Promise<void> {
  await w.command('CNPG: Break the Playground…');
  await w.quick
    .getByText('What goes wrong')
    .or(w.quick.getByRole('option', { name: fault }))
    .first()
    .waitFor();
  await w.shot('faults');
  await w.quick.getByRole('option', { name: fault }).click();
}

test('streaming is cut, said in the tree, and repaired', async () => {
  await choose(/Cut the streaming to cluster-us/);
  await w
    .row(/streaming interrupted/)
    .first()
    .waitFor();
  await w.shot('streaming-cut');
  await choose(/Cut the streaming to cluster-us.*repair/);
  await w
    .row(/streaming interrupted/)
    .first()
    .waitFor({ state: 'detached' });
  await w.shot('repaired');
});

test('a side is lost, said in the tree, and comes back', async () => {
  await choose(/Lose eu: its API server/);
  await w
    .row(/^eu *cannot be read/)
    .first()
    .waitFor({ timeout: 60_000 });
  await w.shot('side-lost');
  await choose(/Lose eu: its API server.*repair/);
  await w
    .row(/^eu *connected/)
    .first()
    .waitFor({ timeout: 60_000 });
});
