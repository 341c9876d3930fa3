import type { Variant } from "./variant.ts";

export const swallowPoison: Variant = {
  id: "swallow-poison",
  breaks: "every-input-accounted",
  mechanism:
    "A record that cannot be parsed is skipped with a log line at best. Nobody can ever find out what it said.",
  apply: (policies) => ({
    ...policies,
    onMalformed: () => Promise.resolve(true),
  }),
};
