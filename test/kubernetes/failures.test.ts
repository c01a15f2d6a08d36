import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayAsked, responseFailure } from '../../src/kubernetes/failures.ts';

test('Retry-After in seconds, as a date, or as something else', () => {
  const now = Date.parse('2026-03-01T10:00:00Z');
  const cases: [header: string | null, delay: number | undefined][] = [
    [null, undefined],
    ['', undefined],
    ['7', 7000],
    ['Sun, 01 Mar 2026 10:00:30 GMT', 30_000],
    ['Sun, 01 Mar 2026 09:00:00 GMT', 0],
    ['86400', 600_000],
    ['-5', 0],
    ['soon', undefined],
  ];
  for (const [header, delay] of cases) assert.equal(delayAsked(header, now), delay, String(header));
});

test('a page with HTTP 404 does not say that a kind is not installed', () => {
  const headers = (type: string) => (name: string) => (name === 'content-type' ? type : null);
  const page = responseFailure('List clusters', 404, '<h1>Not\n here</h1>', headers('text/html; charset=utf-8'));
  assert.equal(page.code, 'garbage');
  assert.match(page.message, /HTTP 404 with a page: <h1>Not here<\/h1>\. Is something else answering/);
  assert.equal(responseFailure('List clusters', 404, '404 page not found', headers('text/plain')).code, 'not-found');
});
