import { addressKey } from '../model/kubernetes.ts';
import type { PromotionPlan } from '../operations/promotion.ts';
import type { Records } from '../records.ts';

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
  remember(plan: PromotionPlan, token?: string): void;
  forget(plan: PromotionPlan): void;
}

export const promotionKey = ({ plan }: PromotionRecord): string => addressKey(plan.to);

export function promotionRecords(records: Records<PromotionRecord>): PromotionRecords {
  const of = (plan: PromotionPlan): PromotionRecord | undefined => records.of(addressKey(plan.to));
  return {
    all: () => records.all(),
    of,
    remember(plan, token) {
      const now = new Date().toISOString();
      const record = of(plan) ?? { plan, startedAt: now };
      const seen = token !== undefined && token !== record.token && { token, tokenSeenAt: now };
      records.keep({ ...record, ...seen });
    },
    forget: plan => records.forget(addressKey(plan.to)),
  };
}
