import type { Variant } from "./variant.ts";

export const ackBeforeCommit: Variant = {
  id: "ack-before-commit",
  breaks: "no-lost-effects",
  mechanism:
    "The offset is committed before the transaction. A crash in between loses the payment: nobody delivers it again.",
  apply: (policies) => ({
    ...policies,
    acknowledge: async (work, commitOffset, role) => {
      if (role.name !== "payments") return policies.acknowledge(work, commitOffset, role);
      await commitOffset();
      return work();
    },
  }),
};
