import type { Variant } from "./variant.ts";

export const noPoolErrorListener: Variant = {
  id: "no-pool-error-listener",
  breaks: "recovers-within",
  mechanism:
    "Nobody listens to errors of idle database connections. When the database restarts, the process ends with an unhandled error event.",
  apply: (policies) => ({
    ...policies,
    listensToPool: false,
  }),
};
