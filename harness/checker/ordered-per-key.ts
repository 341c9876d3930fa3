import { checked, type Checker } from "./check.ts";
import { effectsFor, type Effect, type Evidence, type Expected } from "./evidence.ts";

/** Events of one business key take effect in the order in which they stand in their partition. */
export const orderedPerKey: Checker = {
  id: "ordered-per-key",
  standsInPrefix: true,
  check: (evidence) => {
    const byKey = Map.groupBy(evidence.expected, ({ key }) => key);
    const rows = evidence.header.effects.filter(({ kind }) => kind === "row");
    return checked(
      [...byKey].flatMap(([key, events]) => {
        if (events.length < 2) return [];
        const sorted = events.toSorted((a, b) => offsetOf(a) - offsetOf(b));
        return rows.flatMap(({ id }) => {
          const overtaken = firstOvertaken(evidence, sorted, id);
          if (overtaken === null) return [];
          const message = `ordered-per-key: of ${key}, ${overtaken.later} took effect in ${id} before ${overtaken.earlier}, which stands before it in its partition.`;
          return [{ key, message, seqs: overtaken.seqs }];
        });
      }),
    );
  },
};

interface Overtaken {
  readonly earlier: string;
  readonly later: string;
  /** Of the two rows, as they came. */
  readonly seqs: readonly number[];
}

/** Rows are read in commit order, so that their `seq` is that order. */
function firstOvertaken(
  evidence: Evidence,
  events: readonly Expected[],
  id: string,
): Overtaken | null {
  let last: { readonly event: Expected; readonly row: Effect } | null = null;
  for (const event of events) {
    const row = effectsFor(evidence, event, id)[0];
    if (row === undefined) continue;
    if (last !== null && row.seq < last.row.seq) {
      const seqs = [row.seq, last.row.seq];
      return { earlier: last.event.eventId, later: event.eventId, seqs };
    }
    last = { event, row };
  }
  return null;
}

function offsetOf({ position }: Expected): number {
  return position?.offset ?? 0;
}
