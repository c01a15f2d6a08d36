import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { ApiFailure } from '../../src/kubernetes/failures.ts';
import { pollStatus } from '../../src/kubernetes/status-polling.ts';
import { usualTimes } from '../../src/kubernetes/times.ts';
import type { StatusReading } from '../../src/model/instance-status.ts';
import type { Pod } from '../../src/model/kubernetes.ts';
import { pod, primaryStatus } from '../support/clusters.ts';

/** 2026-03-01T10:00:00Z plus a second: not a moment at which instances are asked. */
const start = Date.parse('2026-03-01T10:00:01Z');

function poller(t: TestContext, pods: Pod[], read: (pod: Pod) => Promise<never> | void = () => undefined) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: start });
  const asked: string[] = [];
  const denials: (string | undefined)[] = [];
  let readings: Record<string, StatusReading> = {};
  const stop = new AbortController();
  t.after(() => stop.abort());
  const polling = pollStatus(
    {
      pods: () => pods,
      read: async one => {
        asked.push(one.metadata.name);
        await read(one);
        return primaryStatus();
      },
      publish: published => void (readings = published),
      denied: failure => void denials.push(failure?.why),
      times: { ...usualTimes, now: Date.now },
    },
    stop.signal,
  );
  return {
    polling,
    denials,
    readings: () => readings,
    stop: () => stop.abort(),
    /** Lets time pass; what was asked since the last call, in order of names. */
    after: async (milliseconds: number): Promise<string[]> => {
      for (let passed = 0; passed <= milliseconds; passed += 500) {
        t.mock.timers.tick(passed === 0 ? 0 : 500);
        // Answers come in microtasks.
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      }
      return asked.splice(0).sort();
    },
  };
}

const two = (): Pod[] => [pod('a', 1), pod('b', 1)];

test('what is watched closely is asked every 5 s, what is in view every 30 s, the rest never', async t => {
  const { polling, after, readings } = poller(t, [...two(), pod('c', 1)]);
  polling.want({ closely: ['default/a'], loosely: ['default/b'] });
  assert.deepEqual(await after(0), ['a-1', 'b-1'], 'at once');
  assert.deepEqual(await after(4000), ['a-1'], 'at 10:00:05');
  assert.deepEqual(await after(10_000), ['a-1', 'a-1'], 'at 10:00:10 and :15');
  assert.deepEqual(await after(15_000), ['a-1', 'a-1', 'a-1', 'b-1'], 'until 10:00:30');
  assert.deepEqual(Object.keys(readings()).sort(), ['default/a-1', 'default/b-1']);
});

test('when nothing looks nothing is asked', async t => {
  const { polling, after, stop } = poller(t, two());
  polling.want({ closely: ['default/a'], loosely: [] });
  await after(0);
  polling.want({ closely: [], loosely: [] });
  assert.deepEqual(await after(60_000), []);
  polling.want({ closely: ['default/a'], loosely: [] });
  assert.deepEqual(await after(0), ['a-1']);
  stop();
  assert.deepEqual(await after(60_000), []);
});

test('never more than four at a time, and those that are watched first', async t => {
  const pods = Array.from({ length: 9 }, (_, at) => pod('b', at + 1));
  const { polling, after } = poller(t, [...pods, pod('a', 1)], () => new Promise<never>(() => undefined));
  polling.want({ closely: ['default/a'], loosely: ['default/b'] });
  assert.deepEqual(await after(0), ['a-1', 'b-1', 'b-2', 'b-3']);
  assert.deepEqual(await after(60_000), []);
});

test('an instance that fails is asked less and less often, until its pod changes', async t => {
  const pods = two();
  const fails = ({ metadata }: Pod) => (metadata.name === 'a-1' ? Promise.reject(new Error('HTTP 500')) : undefined);
  const { polling, after, readings } = poller(t, pods, fails);
  polling.want({ closely: ['default/a', 'default/b'], loosely: [] });
  const asked = await after(120_000);
  const ofA = asked.filter(name => name === 'a-1').length;
  assert.ok(asked.length - ofA === 25 && ofA >= 5 && ofA <= 9, `${ofA} of ${asked.length}`);
  const reading = readings()['default/a-1'];
  assert.equal(reading?.kind === 'failed' && reading.reason, 'HTTP 500');
  assert.ok(reading?.kind === 'failed' && reading.since !== undefined && reading.readAt - reading.since >= 60_000);
  pods[0] = { ...pod('a', 1), metadata: { ...pod('a', 1).metadata, resourceVersion: 'changed' } };
  assert.ok((await after(5000)).includes('a-1'));
});

test('without the right it is said once, and tried with one instance a minute', async t => {
  let allowed = false;
  const parts = { what: 'Read', why: 'HTTP 403: forbidden.', remedy: '', status: 403 };
  const refuse = (): Promise<never> | void =>
    allowed ? undefined : Promise.reject(new ApiFailure('forbidden', parts));
  const { polling, after, denials, readings } = poller(t, two(), refuse);
  polling.want({ closely: ['default/a', 'default/b'], loosely: [] });
  await after(0);
  assert.deepEqual(denials, ['HTTP 403: forbidden.']);
  assert.deepEqual(await after(50_000), []);
  assert.deepEqual(await after(20_000), ['a-1']);
  assert.deepEqual(denials, ['HTTP 403: forbidden.']);
  allowed = true;
  await after(65_000);
  assert.deepEqual(denials, ['HTTP 403: forbidden.', undefined]);
  assert.ok(Object.values(readings()).every(({ kind }) => kind === 'read'));
});

test('readings of pods that are gone go, too', async t => {
  const pods = two();
  const { polling, after, readings } = poller(t, pods);
  polling.want({ closely: ['default/a', 'default/b'], loosely: [] });
  await after(1000);
  pods.pop();
  await after(5000);
  assert.deepEqual(Object.keys(readings()), ['default/a-1']);
});
