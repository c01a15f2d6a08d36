/** The OpenAPI v3 documents of the CRDs, as far as a client reads the kinds' schemas in them. As a real API server answers. */
import { createHash } from 'node:crypto';
import type { Kind } from './kinds.ts';
import { apiVersionOf, kinds } from './kinds.ts';
import { schemaOf } from './field-validation.ts';

/** @param path below `/openapi` */
export function openApi([version, ...rest]: readonly string[]): object | undefined {
  if (version !== 'v3') return undefined;
  const custom = [...new Set(kinds.filter(kind => kind.custom).map(apiVersionOf))];
  if (rest.length === 0)
    return {
      paths: Object.fromEntries(
        custom.map(name => {
          const hash = createHash('sha512')
            .update(JSON.stringify(documentOf(name)))
            .digest('hex')
            .toUpperCase();
          return [`apis/${name}`, { serverRelativeURL: `/openapi/v3/apis/${name}?hash=${hash}` }];
        }),
      ),
    };
  const name = rest.slice(1).join('/');
  return rest[0] === 'apis' && custom.includes(name) ? documentOf(name) : undefined;
}

function documentOf(name: string): object {
  const found = kinds.filter(kind => kind.custom && apiVersionOf(kind) === name);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
    paths: Object.fromEntries(found.flatMap(pathsOf).map(path => [path, {}])),
    components: { schemas: Object.fromEntries(found.map(kind => [`io.cnpg.${kind.kind}`, published(kind)])) },
  };
}

function pathsOf(kind: Kind): string[] {
  const place = kind.namespaced ? 'namespaces/{namespace}/' : '';
  const object = `/apis/${apiVersionOf(kind)}/${place}${kind.plural}/{name}`;
  const scale = ['Cluster', 'Pooler'].includes(kind.kind) ? [`${object}/scale`] : [];
  return [object.replace('/{name}', ''), object, ...scale];
}

const published = (kind: Kind): object => ({
  ...schemaOf(kind),
  'x-kubernetes-group-version-kind': [{ group: kind.group, kind: kind.kind, version: kind.version }],
});
