/**
 * The façade of this room: all that other rooms may import. It is its own bundle (`dist/cluster.js`), loaded when the
 * first context is opened, because @kubernetes/client-node with its HTTP library is a third of the extension's code.
 */
export { defaultKubeconfigFiles, readKubeconfig } from './kubeconfig.ts';
export { connect } from './connection.ts';
export type * from './contract.ts';
