/** Codes of Node for what went wrong on the way to an object store, with the way out; the same for all stores. */

const unreachable = [
  'unreachable',
  'Check the address and the network. A name inside a Kubernetes cluster resolves only there.',
] as const;
const untrusted = ['tls', 'Name the CA in endpointCA of the ObjectStore.'] as const;

export const networkFailures: Record<string, readonly [code: string, remedy: string] | undefined> = {
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  EHOSTUNREACH: unreachable,
  ETIMEDOUT: unreachable,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: ['tls', 'The certificate of the object store has expired: renew it.'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'The certificate is for another name: correct the address.'],
};
