import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.ts';
import { poll } from './workbench.ts';

/**
 * Runs a failover until it may begin: nothing may have been archived for a minute.
 *
 * @returns the input box that asks for the sentence
 */
export async function askedToFailOver(w: Workbench, command: string, cluster: RegExp): Promise<Locator> {
  const box = w.quick.filter({ hasText: 'to confirm' });
  return poll(
    async () => {
      await w.command(command);
      await w.quick.getByRole('option', { name: cluster }).click();
      const refused = w.toasts.filter({ hasText: /nothing was changed/ });
      await box.or(refused).first().waitFor({ timeout: 60_000 });
      if (await box.isVisible()) return box;
      await w.command('Notifications: Clear All Notifications');
      await new Promise(resolve => setTimeout(resolve, 5000));
      return undefined;
    },
    'a failover that may begin',
    150_000,
  );
}
