import type { Variant } from "./variant.ts";

export const timeoutTreatedAsFailure: Variant = {
  id: "timeout-treated-as-failure",
  breaks: "no-torn-outcomes",
  mechanism:
    "A call without an answer is recorded as failed and never looked up again. The payment stays posted and is never captured.",
  apply: (policies) => ({
    ...policies,
    afterUnknown: (intent, reason, { store }) => store.failed(intent, reason),
  }),
};
