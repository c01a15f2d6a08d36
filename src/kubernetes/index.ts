/**
 * The façade of this room: all that other rooms may import. It is its own bundle (`dist/cluster.js`), loaded when the
 * first context is opened, because @kubernetes/client-node is two thirds of the extension's code.
 */
export { defaultKubeconfigFiles, readKubeconfig } from './kubeconfig.ts';
export { connect } from './connection.ts';
export type * from './contract.ts';
