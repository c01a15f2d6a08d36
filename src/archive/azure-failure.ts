import { Failure, isFailure, messageOf } from '../errors.ts';
import { networkFailures } from './network-failure.ts';

const causes: Record<string, [code: string, remedy: string]> = {
  ContainerNotFound: ['no-such-bucket', 'Create the container, or correct destinationPath in the ObjectStore.'],
  ResourceNotFound: ['no-such-bucket', 'Correct destinationPath in the ObjectStore.'],
  BlobNotFound: ['not-found', 'It was deleted meanwhile: list again.'],
  AuthenticationFailed: [
    'wrong-key',
    'Correct the Secret that the ObjectStore names: key, token, or its time of validity.',
  ],
  AuthorizationFailure: [
    'access-denied',
    'These credentials may not list the container, or a firewall of the account is in the way.',
  ],
  AuthorizationPermissionMismatch: ['access-denied', 'Give the identity the role "Storage Blob Data Reader".'],
  InvalidAuthenticationInfo: ['wrong-key', 'Correct the Secret that the ObjectStore names.'],
  CredentialUnavailableError: [
    'wrong-key',
    'Log in (az login), or give the ObjectStore a Secret: the identity of its pods cannot be used from here.',
  ],
  AggregateAuthenticationError: [
    'wrong-key',
    'Log in (az login), or give the ObjectStore a Secret: the identity of its pods cannot be used from here.',
  ],
  AccountIsDisabled: ['access-denied', 'Enable the storage account.'],
  ServerBusy: ['throttled', 'Try again later.'],
  ENOTFOUND: ['unreachable', 'Check destinationPath and the network: there is no such storage account.'],
  REQUEST_SEND_ERROR: ['unreachable', 'Check destinationPath and the network.'],
};

/** What went wrong with Azure Blob Storage, in its own words, with the way out. Credentials are in none of the parts. */
export function azureFailure(thrown: unknown, where: string, serviceUrl: string, container: string): Failure {
  if (isFailure(thrown)) return thrown;
  const error = (thrown ?? {}) as {
    name?: string;
    code?: string;
    statusCode?: number;
    details?: { errorCode?: string };
  };
  const names = [error.details?.errorCode, error.code, error.name];
  const known = names.map(name => (name === undefined ? undefined : (causes[name] ?? networkFailures[name])));
  const [code, remedy] = known.find(Boolean) ?? ['object-store', 'See the message of the object store.'];
  // The first line says it; the others repeat the request with its headers.
  const said = (messageOf(thrown).split('\n')[0] ?? '').replace(/sig=[^&\s]+/g, 'sig=…');
  const named = names.find(name => name !== undefined && name !== 'RestError' && name !== 'Error');
  return new Failure(code, {
    what: `${where} cannot be read`,
    why: `${serviceUrl.replace(/\?.*$/, '')}, container ${container}: ${[named, said, error.statusCode !== undefined && `(HTTP ${error.statusCode})`].filter(Boolean).join(' ')}.`,
    remedy,
  });
}
