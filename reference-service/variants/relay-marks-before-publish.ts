import type { Variant } from "./variant.ts";

export const relayMarksBeforePublish: Variant = {
  id: "relay-marks-before-publish",
  breaks: "outbox-fully-published",
  mechanism:
    "Outbox rows are marked as published, committed, and published afterwards. A crash in between publishes them never.",
  apply: (policies) => ({
    ...policies,
    relay: async (outbox, publish) => {
      const rows = await outbox.withBatch(async (found, mark) => {
        if (found.length > 0) await mark();
        return found;
      });
      if (rows.length > 0) await publish(rows);
      return rows.length;
    },
  }),
};
