import { checked, unknown, type Checker } from "./check.ts";
import { effectsFor, type Evidence, type Expected } from "./evidence.ts";
import { outboxRows, presenceOf } from "./presence.ts";

/** An event has all of its declared effects or none. */
export const noTornOutcomes: Checker = {
  id: "no-torn-outcomes",
  check: (evidence) => {
    const torn = evidence.expected.flatMap((event) => {
      const { key, seq } = event;
      const { present, missing } = presenceOf(evidence, event);
      if (present.length === 0 || missing.length === 0) return [];
      const message = `no-torn-outcomes: ${key} has ${present.join(", ")} but not ${missing.join(", ")}.`;
      return [{ key, message, seqs: [seq, ...firstShown(evidence, event, present)] }];
    });
    if (torn.length > 0 && !evidence.isDrained) {
      return unknown(`${torn.length} events had part of their effects when the deadline passed`);
    }
    return checked(torn);
  },
};

/** One effect that is there is enough to show that not all are missing. */
function firstShown(
  evidence: Evidence,
  event: Expected,
  present: readonly string[],
): readonly number[] {
  const [seq] = present.flatMap((id) => effectsFor(evidence, event, id)[0]?.seq ?? []);
  return seq === undefined ? (outboxRows(evidence).get(event) ?? []) : [seq];
}
