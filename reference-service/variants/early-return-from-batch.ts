import type { Variant } from "./variant.ts";

export const earlyReturnFromBatch: Variant = {
  id: "early-return-from-batch",
  breaks: "no-lost-effects",
  mechanism:
    "On a repeat the handler returns from the whole batch instead of going on. The batch is taken for done, and its offset is committed.",
  apply: (policies) => ({
    ...policies,
    workThrough: async (batch, role) => {
      if (role.name !== "payments") return policies.workThrough(batch, role);
      for (const delivery of batch.deliveries) {
        const last = batch.deliveries.at(-1);
        if ((await batch.handle(delivery)) !== "duplicate" || last === undefined) continue;
        return batch.commitOffset(last);
      }
    },
  }),
};
