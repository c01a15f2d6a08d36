import { decodeToken } from '../../model/token.ts';
import { fix, removeKey } from '../edits.ts';
import { liveStatus } from './live.ts';
import type { Rule } from './rule.ts';
import { onValue, replica } from './rule.ts';

const path = [...replica, 'promotionToken'];

export const tokenForeign: Rule = {
  code: 'RC704',
  severity: 'error',
  check({ document, cluster, live }) {
    const token = decodeToken(cluster.spec.replica?.promotionToken ?? '');
    const system = liveStatus(live)?.systemID;
    if (typeof token === 'string' || !system || token.databaseSystemIdentifier === system) return [];
    return [
      onValue(
        path,
        `Live: the token is of database system ${token.databaseSystemIdentifier}, and ${cluster.metadata.name} is ${system}.`,
        { fixes: fix('Remove promotionToken', removeKey(document, path)) },
      ),
    ];
  },
};
