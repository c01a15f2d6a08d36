import type * as vscode from 'vscode';
import { addressKey } from '../model/kubernetes.ts';
import type { PromotionPlan } from '../operations/promotion.ts';

/**
 * What is remembered of a promotion under way: enough to find it again in the next window. The step itself is read from
 * the Clusters; the token is kept because operators before 1.28.4, 1.29.2 and 1.30.0 could lose it.
 */
export interface PromotionRecord {
  plan: PromotionPlan;
  startedAt: string;
  token?: string;
  /** When it was seen first. */
  tokenSeenAt?: string;
}

export interface PromotionRecords {
  all(): PromotionRecord[];
  of(plan: PromotionPlan): PromotionRecord | undefined;
  /** Adds to the record of this plan, or begins one. */
  remember(plan: PromotionPlan, token?: string): Promise<void>;
  forget(plan: PromotionPlan): Promise<void>;
}

const key = 'cnpg.promotions';

export function promotionRecords(memory: vscode.Memento): PromotionRecords {
  const all = (): PromotionRecord[] => memory.get<PromotionRecord[]>(key, []);
  const same = (plan: PromotionPlan) => (record: PromotionRecord) => addressKey(record.plan.to) === addressKey(plan.to);
  const of = (plan: PromotionPlan): PromotionRecord | undefined => all().find(same(plan));
  const without = (plan: PromotionPlan): PromotionRecord[] => all().filter(record => !same(plan)(record));
  return {
    all,
    of,
    async remember(plan, token) {
      const record = of(plan) ?? { plan, startedAt: new Date().toISOString() };
      const seen = token !== undefined && token !== record.token && { token, tokenSeenAt: new Date().toISOString() };
      await memory.update(key, [...without(plan), { ...record, ...seen }]);
    },
    async forget(plan) {
      await memory.update(key, without(plan));
    },
  };
}
