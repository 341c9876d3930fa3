import { checked, unknown, type Checker } from "./check.ts";
import { placeText, type Expected } from "./evidence.ts";

/**
 * Every input record that cannot take effect ends as a dead letter, with its place and the reason.
 * Records that can are the business of no-lost-effects.
 */
export const everyInputAccounted: Checker = {
  id: "every-input-accounted",
  check: (evidence) => {
    if (evidence.poisoned.length === 0) return checked([]);
    const declared = evidence.header.deadLetters ?? null;
    if (declared === null)
      return unknown("no dead-letter table is declared (database.deadLetters)");
    const letters = evidence.changes.deadLetters;
    const kept = new Set(letters.map(({ place }) => place));
    const silent = new Set(letters.flatMap(({ place, hasReason }) => (hasReason ? [] : [place])));
    const unreasoned = evidence.poisoned.filter(
      ({ position }) => position !== null && silent.has(placeText(position)),
    );
    const missing = evidence.poisoned.filter(
      ({ position }) => position !== null && !kept.has(placeText(position)),
    );
    if (missing.length > 0 && !evidence.isDrained) {
      return unknown(`${missing.length} unreadable records were not dead letters yet`);
    }
    const finding = ({ key, position, seq }: Expected, what: string) => ({
      key,
      seqs: [seq],
      message: `every-input-accounted: ${key} (${position === null ? "position unknown" : placeText(position)}) cannot take effect, and ${what}.`,
    });
    return checked([
      ...missing.map((each) => finding(each, `there is no row in ${declared.table} that says so`)),
      ...unreasoned.map((each) => finding(each, `its row in ${declared.table} does not say why`)),
    ]);
  },
};
