import { checked, unknown, type Checker } from "./check.ts";
import { placeText } from "./evidence.ts";
import { isBehindCommittedOffset, presenceOf } from "./presence.ts";

/** Every accepted event takes effect. */
export const noLostEffects: Checker = {
  id: "no-lost-effects",
  check: (evidence) => {
    const bare = evidence.expected.filter(
      (event) => presenceOf(evidence, event).present.length === 0,
    );
    const lost = bare.filter(
      (event) => evidence.isDrained || isBehindCommittedOffset(evidence, event),
    );
    if (lost.length === 0 && bare.length > 0) {
      return unknown(`${bare.length} events had no effect yet when the deadline passed: stalled`);
    }
    return checked(
      lost.map(({ key, position, seq }) => ({
        key,
        seqs: [seq],
        message: `no-lost-effects: ${key} (${position === null ? "position unknown" : placeText(position)}) has none of its effects, and nothing will deliver it again.`,
      })),
    );
  },
};
