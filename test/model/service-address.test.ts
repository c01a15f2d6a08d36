import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceAddress } from '../../src/model/service-address.ts';

const cases: [url: string, expected: string | undefined][] = [
  ['http://minio:9000', 'pg/minio:9000?'],
  ['http://minio', 'pg/minio:80?'],
  ['https://minio.storage', 'storage/minio:443?'],
  ['https://minio.storage.svc', 'storage/minio:443'],
  ['http://minio.storage.svc.cluster.local:9000/', 'storage/minio:9000'],
  ['http://minio.storage.svc.cluster.local.:9000/', 'storage/minio:9000'],
  ['http://MinIO.storage.svc.corp.example', 'storage/minio:80'],
  ['https://s3.eu.example.com', undefined],
  ['https://example.com', 'com/example:443?'],
  ['http://localhost:9000', undefined],
  ['http://127.0.0.1:9000', undefined],
  ['http://[::1]:9000', undefined],
  ['ftp://minio.storage.svc', undefined],
  ['minio.storage.svc', undefined],
  ['', undefined],
];
for (const [url, expected] of cases)
  test(`"${url}" is ${expected ?? 'no Service'}`, () => {
    const found = serviceAddress(url, 'pg');
    const text = found && `${found.namespace}/${found.service}:${found.port}${found.certain ? '' : '?'}`;
    assert.equal(text, expected);
  });
