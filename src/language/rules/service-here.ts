/** Services that manifests of the same place define: names that resolve there. */
import { mayShareContext } from '../sides.ts';
import type { Entry, Workspace } from '../workspace.ts';

/** @param host `name`, `name.namespace`, `name.namespace.svc` */
export function isServiceHere(workspace: Workspace, entry: Entry, host: string): boolean {
  const [name, namespace = entry.namespace] = host.split('.');
  return workspace
    .neighbours('Service')
    .some(
      service =>
        service.name === name &&
        mayShareContext(service, entry) &&
        (service.namespace === undefined || namespace === undefined || service.namespace === namespace),
    );
}
