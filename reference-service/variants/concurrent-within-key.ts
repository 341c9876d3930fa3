import type { Variant } from "./variant.ts";

export const concurrentWithinKey: Variant = {
  id: "concurrent-within-key",
  breaks: "ordered-per-key",
  mechanism:
    "The records of a batch are handled side by side, and its offset is committed when all are done. A later event of one payment overtakes an earlier one.",
  apply: (policies) => ({
    ...policies,
    workThrough: async (batch, role) => {
      if (role.name !== "payments") return policies.workThrough(batch, role);
      const last = batch.deliveries.at(-1);
      await Promise.all(batch.deliveries.map((delivery) => batch.handle(delivery)));
      if (last !== undefined) await batch.commitOffset(last);
    },
    acknowledge: (work, commitOffset, role) =>
      role.name === "payments" ? work() : policies.acknowledge(work, commitOffset, role),
  }),
};
