import { clusterRule, onKey, onValue } from './rule.ts';

export const ldap = clusterRule('ldap', ({ spec }) => {
  const given = spec.postgresql?.ldap;
  const path = ['spec', 'postgresql', 'ldap'];
  return [
    ...(given && !given.server
      ? [onValue([...path, 'server'], 'LDAP needs a server to ask: add its name or address.')]
      : []),
    ...(given?.bindAsAuth && given.bindSearchAuth
      ? [
          onKey(
            [...path, 'bindSearchAuth'],
            'LDAP logs in by bindAsAuth (simple bind) or by bindSearchAuth (search and bind), not by both: remove one.',
          ),
        ]
      : []),
  ];
});
