import type { Plugin } from 'esbuild';

/** `@kubernetes/client-node` does not tell that its modules only declare things: then all kinds of Kubernetes would be in the bundle. */
export const declaresOnlyPlugin: Plugin = {
  name: 'declares-only',
  setup(build) {
    const here = {};
    build.onResolve(
      { filter: /^@kubernetes\/client-node(\/|$)|^\.\.?\/.*\.js$/ },
      async ({ path: imported, pluginData, ...how }) => {
        if (pluginData === here) return undefined;
        const found = await build.resolve(imported, { ...how, pluginData: here });
        return /@kubernetes[\\/]client-node/.test(found.path) ? { ...found, sideEffects: false } : undefined;
      },
    );
  },
};
