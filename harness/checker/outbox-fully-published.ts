import { checked, unknown, type Checker } from "./check.ts";
import { effectsFor } from "./evidence.ts";
import { outboxEventIds } from "./presence.ts";

/** Every committed outbox row reaches its topic. */
export const outboxFullyPublished: Checker = {
  id: "outbox-fully-published",
  check: (evidence) => {
    const { outbox } = evidence.header;
    if (outbox === null) return checked([]);
    const missing = [...new Set(outboxEventIds(evidence))].filter(
      (eventId) =>
        evidence.expectedByEventId.has(eventId) &&
        effectsFor(evidence, eventId, outbox.record).length === 0,
    );
    if (missing.length > 0 && !evidence.isDrained) {
      return unknown(`${missing.length} outbox rows were not published when the deadline passed`);
    }
    return checked(
      missing.map((eventId) => {
        const key = evidence.expectedByEventId.get(eventId)?.key ?? null;
        const message = `outbox-fully-published: ${key ?? eventId} has a committed row in ${outbox.table} and no record in its topic.`;
        return { key, message };
      }),
    );
  },
};
