/** Refusals as the API server words them: objects of kind Status (Kubernetes API conventions, "Response Status Kind"). */
import type { Kind } from './kinds.ts';

export interface StatusCause {
  reason: string;
  message: string;
  field: string;
}

interface Details {
  name?: string;
  group?: string;
  kind?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

/** Thrown by request handlers; the server answers with `toStatus()`. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Details | undefined;

  constructor(code: number, reason: string, message: string, details?: Details) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  toStatus(): object {
    const { message, reason, details, code } = this;
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details && { details }),
      code,
    };
  }
}

const qualified = ({ group, plural }: Kind): string => (group === '' ? plural : `${plural}.${group}`);

const detailsOf = ({ group, plural }: Kind, name?: string): Details => ({
  ...(name !== undefined && { name }),
  ...(group !== '' && { group }),
  kind: plural,
});

export const notFound = (kind: Kind, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${qualified(kind)} "${name}" not found`, detailsOf(kind, name));

export const alreadyExists = (kind: Kind, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${qualified(kind)} "${name}" already exists`, detailsOf(kind, name));

export const conflict = (kind: Kind, name: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(kind)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    detailsOf(kind, name),
  );

export function forbidden(
  kind: Kind,
  user: string,
  verb: string,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): ApiError {
  const resource = subresource === undefined ? kind.plural : `${kind.plural}/${subresource}`;
  const object = name === undefined ? '' : ` "${name}"`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const message = `${qualified(kind)}${object} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${where}`;
  return new ApiError(403, 'Forbidden', message, detailsOf(kind, name));
}

export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized');

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);

export const unknownPath = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});

export const expired = (since: number, oldest: number): ApiError =>
  new ApiError(410, 'Expired', `too old resource version: ${since} (${oldest})`);

/** 422 of the schema. */
export const missingSpec = ({ group, kind }: Kind, name: string): ApiError =>
  new ApiError(422, 'Invalid', `${kind}.${group} "${name}" is invalid: spec: Required value`, {
    name,
    group,
    kind,
    causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec' }],
  });

/** 422 of the webhook of Clusters. */
export const invalidCluster = (name: string, causes: StatusCause[]): ApiError => {
  const all = causes.map(({ field, message }) => `${field}: ${message}`);
  const text = all.length === 1 ? all[0] : `[${all.join(', ')}]`;
  return new ApiError(
    422,
    'Invalid',
    `admission webhook "vcluster.cnpg.io" denied the request: Cluster.cluster.cnpg.io "${name}" is invalid: ${text}`,
    { name, group: 'cluster.cnpg.io', kind: 'Cluster', causes },
  );
};
