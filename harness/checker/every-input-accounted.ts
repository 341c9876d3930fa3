import { checked, unknown, type Checker } from "./check.ts";
import { placeText } from "./evidence.ts";

/**
 * Every input record that cannot take effect ends as a dead letter, with its place. Records that can
 * are the business of no-lost-effects.
 */
export const everyInputAccounted: Checker = {
  id: "every-input-accounted",
  check: (evidence) => {
    if (evidence.poisoned.length === 0) return checked([]);
    const declared = evidence.header.deadLetters ?? null;
    if (declared === null)
      return unknown("no dead-letter table is declared (database.deadLetters)");
    const kept = new Set(evidence.changes.deadLetters.map(({ place }) => place));
    const missing = evidence.poisoned.filter(
      ({ position }) => position !== null && !kept.has(placeText(position)),
    );
    if (missing.length > 0 && !evidence.isDrained) {
      return unknown(`${missing.length} unreadable records were not dead letters yet`);
    }
    return checked(
      missing.map(({ key, position, seq }) => ({
        key,
        seqs: [seq],
        message: `every-input-accounted: ${key} (${position === null ? "position unknown" : placeText(position)}) cannot be read, and there is no row in ${declared.table} that says so.`,
      })),
    );
  },
};
