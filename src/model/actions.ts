/** Writes to API servers, as they are kept and shown. */

export interface Action {
  /** RFC 3339, when it was sent. */
  at: string;
  by: string;
  context: string;
  /** `PATCH Cluster default/cluster-eu`. */
  request: string;
  /** What was sent, without what may be a password. */
  body?: object;
  /** `accepted`, or the API server's words. */
  answer: string;
}

/** Newest first, for people. */
export function renderActions(actions: readonly Action[], file: string): string {
  const lines = actions.map(({ at, by, context, request, body, answer }) =>
    [
      `${at.slice(0, 19).replace('T', ' ')} UTC  ${request} in context ${context}, by ${by}`,
      ...(body ? [`    ${JSON.stringify(body)}`] : []),
      `    ${answer}`,
    ].join('\n'),
  );
  return [
    '# Action log: what this extension has written to Kubernetes',
    `Newest first; each is a line of JSON in ${file}`,
    ...(lines.length > 0 ? lines : ['Nothing was written yet.']),
    '',
  ].join('\n\n');
}

/** Manifests may have values of environment variables, passwords of connections and SQL with passwords in them. */
export const withoutPasswords = (body: object): object =>
  JSON.parse(
    JSON.stringify(body, (key, value: unknown) =>
      typeof value === 'string' && (/^(value|(ssl)?password)$/i.test(key) || /\bpassword\b(\W*['"]|=)/i.test(value))
        ? '(hidden)'
        : value,
    ),
  ) as object;
