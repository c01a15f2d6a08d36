import { clusterRule, onKey } from './rule.ts';

export const ldap = clusterRule('ldap', ({ spec }) => {
  const given = spec.postgresql?.ldap;
  const path = ['spec', 'postgresql', 'ldap'];
  return [
    ...(given && !given.server ? [onKey(path, 'LDAP needs a server.')] : []),
    ...(given?.bindAsAuth && given.bindSearchAuth
      ? [onKey(path, 'LDAP logs in by bindAsAuth or by bindSearchAuth, not by both.')]
      : []),
  ];
});
