import type { Variant } from "./variant.ts";

export const swallowedErrorThenCommit: Variant = {
  id: "swallowed-error-then-commit",
  breaks: "no-lost-effects",
  mechanism:
    "A failed statement is caught and logged, and COMMIT is sent all the same. Postgres answers it with ROLLBACK, nobody reads that, and the offset is committed.",
  apply: (policies) => ({
    ...policies,
    post: (work, { store }, own) =>
      store.inUncheckedTransaction(async (transaction) => {
        try {
          if ((await own.isFirstTime(transaction, work)) !== "first") return "duplicate";
          await work.role.apply(transaction, work.payment);
        } catch {
          // The defect: the transaction is dead, and goes on to COMMIT.
        }
        return "applied";
      }),
  }),
};
