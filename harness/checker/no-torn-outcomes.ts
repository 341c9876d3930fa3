import { checked, unknown, type Checker } from "./check.ts";
import { effectsFor } from "./evidence.ts";
import { presenceOf } from "./presence.ts";

/** An event has all of its declared effects or none. */
export const noTornOutcomes: Checker = {
  id: "no-torn-outcomes",
  check: (evidence) => {
    const torn = evidence.expected.flatMap((event) => {
      const { key, seq } = event;
      const { present, missing } = presenceOf(evidence, event);
      if (present.length === 0 || missing.length === 0) return [];
      const message = `no-torn-outcomes: ${key} has ${present.join(", ")} but not ${missing.join(", ")}.`;
      const shown = present.flatMap((id) => effectsFor(evidence, event, id)[0]?.seq ?? []);
      return [{ key, message, seqs: [seq, ...shown] }];
    });
    if (torn.length > 0 && !evidence.isDrained) {
      return unknown(`${torn.length} events had part of their effects when the deadline passed`);
    }
    return checked(torn);
  },
};
