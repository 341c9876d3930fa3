import type { Variant } from "./variant.ts";

export const metricsCountHitsAsEffects: Variant = {
  id: "metrics-count-hits-as-effects",
  breaks: "metrics-tell-the-truth",
  mechanism:
    "A repeat is counted as a payment that was posted. The dashboard shows more payments than there are, and no duplicate ever.",
  apply: (policies) => ({
    ...policies,
    countAs: (handled) => (handled === "duplicate" ? "applied" : handled),
  }),
};
