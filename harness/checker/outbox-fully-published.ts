import { checked, unknown, type Checker } from "./check.ts";
import { effectsFor, type Expected } from "./evidence.ts";
import { outboxEvents } from "./presence.ts";

/** Every committed outbox row reaches its topic. */
export const outboxFullyPublished: Checker = {
  id: "outbox-fully-published",
  check: (evidence) => {
    const { outbox } = evidence.header;
    if (outbox === null) return checked([]);
    const events = [...new Set(outboxEvents(evidence))];
    const isPublished = (event: Expected): boolean =>
      effectsFor(evidence, event, outbox.record).length > 0;
    const missing = events.filter((event) => !isPublished(event));
    const isPassedOver = (event: Expected): boolean =>
      events.slice(events.indexOf(event) + 1).filter(isPublished).length >= PASSED_OVER_MIN;
    // A relay that is only late takes the oldest first: what younger rows went past is not coming.
    const lost = evidence.isDrained ? missing : missing.filter(isPassedOver);
    if (missing.length > 0 && !evidence.isObserved) {
      return unknown(`${missing.length} records were not seen by an observer that missed some`);
    }
    if (lost.length === 0 && missing.length > 0) {
      return unknown(`${missing.length} outbox rows were not published when the deadline passed`);
    }
    return checked(
      lost.map(({ key }) => {
        const how = evidence.isDrained ? "" : "; later rows were published all the same";
        const message = `outbox-fully-published: ${key} has a committed row in ${outbox.table} and no record in its topic${how}.`;
        return { key, message };
      }),
    );
  },
};

/** Later rows that must have gone past one for it to count as passed over. */
const PASSED_OVER_MIN = 5;
