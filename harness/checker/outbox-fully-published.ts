import { checked, unknown, type Checker } from "./check.ts";
import { effectsFor, type Expected } from "./evidence.ts";
import { outboxRows } from "./presence.ts";

/** Every committed outbox row reaches its topic. */
export const outboxFullyPublished: Checker = {
  id: "outbox-fully-published",
  check: (evidence) => {
    const { outbox } = evidence.header;
    if (outbox === null) return checked([]);
    const rows = outboxRows(evidence);
    const events = [...rows.keys()];
    const isPublished = (event: Expected): boolean =>
      effectsFor(evidence, event, outbox.record).length > 0;
    const missing = events.filter((event) => !isPublished(event));
    // A relay that is only late takes the oldest first: what younger rows went past is not coming.
    const lost = evidence.isDrained ? missing : passedOver(events, isPublished);
    if (missing.length > 0 && !evidence.isObserved) {
      return unknown(`${missing.length} records were not seen by an observer that missed some`);
    }
    if (lost.length === 0 && missing.length > 0) {
      return unknown(`${missing.length} outbox rows were not published when the deadline passed`);
    }
    return checked(
      lost.map((event) => {
        const { key } = event;
        const how = evidence.isDrained ? "" : "; later rows were published all the same";
        const message = `outbox-fully-published: ${key} has a committed row in ${outbox.table} and no record in its topic${how}.`;
        return { key, message, seqs: rows.get(event) };
      }),
    );
  },
};

/** Rows that are missing while enough of the rows after them are there. */
function passedOver(
  events: readonly Expected[],
  isPublished: (event: Expected) => boolean,
): readonly Expected[] {
  let publishedAfter = 0;
  const passed: Expected[] = [];
  for (const event of events.toReversed()) {
    if (isPublished(event)) publishedAfter += 1;
    else if (publishedAfter >= PASSED_OVER_MIN) passed.push(event);
  }
  return passed.reverse();
}

/** Later rows that must have gone past one for it to count as passed over. */
const PASSED_OVER_MIN = 5;
