import { checked, unknown, type Checker } from "./check.ts";
import { presenceOf } from "./presence.ts";

/** An event has all of its declared effects or none. */
export const noTornOutcomes: Checker = {
  id: "no-torn-outcomes",
  check: (evidence) => {
    const torn = evidence.expected.flatMap(({ key, ...event }) => {
      const { present, missing } = presenceOf(evidence, { key, ...event });
      if (present.length === 0 || missing.length === 0) return [];
      const message = `no-torn-outcomes: ${key} has ${present.join(", ")} but not ${missing.join(", ")}.`;
      return [{ key, message }];
    });
    if (torn.length > 0 && !evidence.isDrained) {
      return unknown(`${torn.length} events had part of their effects when the deadline passed`);
    }
    return checked(torn);
  },
};
