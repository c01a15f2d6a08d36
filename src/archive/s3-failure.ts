import { Failure, isFailure, messageOf } from '../errors.ts';
import { networkFailures } from './network-failure.ts';

const causes: Record<string, [code: string, remedy: string]> = {
  NoSuchBucket: ['no-such-bucket', 'Create the bucket, or correct destinationPath in the ObjectStore.'],
  InvalidAccessKeyId: [
    'wrong-key',
    'The access key is not known there: correct the Secret that the ObjectStore names.',
  ],
  SignatureDoesNotMatch: [
    'wrong-key',
    'The secret key does not fit the access key: correct the Secret that the ObjectStore names.',
  ],
  ExpiredToken: ['wrong-key', 'The session token has expired: renew the Secret that the ObjectStore names.'],
  InvalidToken: ['wrong-key', 'The session token is not valid: correct the Secret that the ObjectStore names.'],
  CredentialsProviderError: [
    'wrong-key',
    'Give the ObjectStore a Secret with keys, or log in with your provider: its own role cannot be used from here.',
  ],
  AccessDenied: ['access-denied', 'These credentials may not list the bucket: grant s3:ListBucket and s3:GetObject.'],
  NoSuchKey: ['not-found', 'It was deleted meanwhile: list again.'],
  RequestTimeTooSkewed: ['clock', 'Set the clock of this machine.'],
  SlowDown: ['throttled', 'Try again later.'],
  TimeoutError: ['unreachable', 'The object store does not answer in time: check endpointURL and the network.'],
};

/** What went wrong with an object store, in its own words, with the way out. Credentials are in none of the parts. */
export function s3Failure(thrown: unknown, where: string, endpoint: string | undefined, bucket: string): Failure {
  if (isFailure(thrown)) return thrown;
  const error = (thrown ?? {}) as {
    name?: string;
    code?: string;
    Code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const known = [error.name, error.Code, error.code].flatMap(name =>
    name === undefined ? [] : [causes[name] ?? networkFailures[name]],
  );
  const [code, remedy] = known.find(Boolean) ?? ['object-store', 'See the message of the object store.'];
  const status = error.$metadata?.httpStatusCode;
  const said = [error.name !== 'Error' && error.name, messageOf(thrown), status !== undefined && `(HTTP ${status})`]
    .filter(Boolean)
    .join(' ');
  return new Failure(code, {
    what: `${where} cannot be read`,
    why: `${endpoint ?? 'S3'}, bucket ${bucket}: ${said}.`,
    // No `cause`: the SDK's errors carry the signed request.
    remedy,
  });
}
