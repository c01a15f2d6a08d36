import { Failure, isFailure, messageOf } from '../errors.ts';
import { networkFailures } from './network-failure.ts';

const byStatus: Record<string, [code: string, remedy: string]> = {
  '401': [
    'wrong-key',
    'Log in (gcloud auth application-default login), or correct the Secret that the ObjectStore names.',
  ],
  '403': ['access-denied', 'Give the service account the role "Storage Object Viewer" for the bucket.'],
  '404': ['no-such-bucket', 'Create the bucket, or correct destinationPath in the ObjectStore.'],
  '429': ['throttled', 'Try again later.'],
  '503': ['throttled', 'Try again later.'],
};

/** What went wrong with Google Cloud Storage, in its own words, with the way out. Credentials are in none of the parts. */
export function googleFailure(thrown: unknown, where: string, bucket: string): Failure {
  if (isFailure(thrown)) return thrown;
  const error = (thrown ?? {}) as { code?: number | string };
  const said = messageOf(thrown).split('\n')[0] ?? '';
  const noLogin = /default credentials|invalid_grant|DECODER/.test(said);
  const name = noLogin ? '401' : String(error.code);
  const [code, remedy] = byStatus[name] ??
    networkFailures[name] ?? ['object-store', 'See the message of the object store.'];
  return new Failure(code, {
    what: `${where} cannot be read`,
    why: `Google Cloud Storage, bucket ${bucket}: ${said}${typeof error.code === 'number' ? ` (HTTP ${error.code})` : ''}.`,
    remedy,
  });
}
