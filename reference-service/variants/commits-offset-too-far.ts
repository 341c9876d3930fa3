import type { Variant } from "./variant.ts";

export const commitsOffsetTooFar: Variant = {
  id: "commits-offset-too-far",
  breaks: "no-lost-effects",
  mechanism:
    "With its first record of a batch, the offset behind the last one is committed. A crash in between loses the rest.",
  apply: (policies) => ({
    ...policies,
    workThrough: async (batch, role) => {
      if (role.name !== "payments") return policies.workThrough(batch, role);
      const last = batch.deliveries.at(-1);
      for (const delivery of batch.deliveries) {
        await batch.handle(delivery);
        if (last !== undefined) await batch.commitOffset(last);
      }
    },
  }),
};
