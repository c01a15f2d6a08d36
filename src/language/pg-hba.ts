/** The fields of a line of `pg_hba.conf` (PostgreSQL manual, "The pg_hba.conf File"), as items of `spec.postgresql.pg_hba`. */

interface HbaWord {
  word: string;
  /** What it means; empty where the word says it. */
  meaning: string;
}

const words = (texts: Record<string, string>): HbaWord[] =>
  Object.entries(texts).map(([word, meaning]) => ({ word, meaning }));

const types = words({
  hostssl: 'TCP with TLS',
  host: 'TCP, with or without TLS',
  hostnossl: 'TCP without TLS',
  hostgssenc: 'TCP with GSSAPI encryption',
  hostnogssenc: 'TCP without GSSAPI encryption',
  local: 'Unix socket inside the pod',
});
const databases = words({
  all: 'every database, but no replication',
  app: 'the application database by its usual name',
  sameuser: 'the database of the same name as the user',
  samerole: 'databases of roles that the user is a member of',
  replication: 'physical replication: no database',
});
const users = words({
  all: 'every role',
  app: 'the application role by its usual name',
  streaming_replica: 'the role of standbys and replica clusters',
  '+': 'members of the role that follows',
});
const addresses = words({
  all: 'every address',
  samehost: 'addresses of the pod itself',
  samenet: 'addresses of the networks of the pod',
  '10.0.0.0/8': 'a network: address and bits of its mask',
  '::0/0': 'every IPv6 address',
});
const methods = words({
  'scram-sha-256': 'password, never sent in plain',
  cert: 'client certificate; TLS only',
  reject: 'refused',
  ldap: 'password checked by an LDAP server',
  peer: 'name of the operating system; `local` only',
  gss: 'GSSAPI',
  md5: 'password; deprecated since PostgreSQL 18',
  password: 'password in plain',
  trust: '**no authentication at all**',
  oauth: 'OAuth 2.0; PostgreSQL 18 and newer',
});

/** @param line what stands before the cursor. @returns what may come next, and how it is called */
export function hbaWords(line: string): { field: string; words: HbaWord[] } {
  const fields = line.split(/\s+/);
  const isLocal = fields[0] === 'local';
  const order: [string, HbaWord[]][] = [
    ['connection type', types],
    ['database', databases],
    ['user', users],
    ...(isLocal ? [] : [['address', addresses] as [string, HbaWord[]]]),
    ['method', methods],
  ];
  const [field, found] = order[fields.length - 1] ?? ['option', []];
  return { field, words: found };
}
