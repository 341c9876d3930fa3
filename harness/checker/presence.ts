import { effectsFor, type Evidence, type Expected } from "./evidence.ts";

/** Which declared effects of one event are there. */
export interface Presence {
  readonly present: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Presence of each declared effect of an event. A record whose outbox row is committed counts as
 * present here: whether it was published is `outbox-fully-published`'s question.
 */
export function presenceOf(evidence: Evidence, event: Expected): Presence {
  const { effects, outbox } = evidence.header;
  const isRecord = (id: string): boolean =>
    effects.some((effect) => effect.id === id && effect.kind === "record");
  const isPresent = (id: string): boolean =>
    (isRecord(id) && !evidence.isObserved) ||
    effectsFor(evidence, event, id).length > 0 ||
    (outbox?.record === id && hasOutboxRow(evidence, event));
  // What follows a record is not missing before the record is there.
  const ids = effects.flatMap((effect) =>
    effect.kind === "row" &&
    effect.follows !== undefined &&
    effectsFor(evidence, event, effect.follows).length === 0
      ? []
      : [effect.id],
  );
  return { present: ids.filter(isPresent), missing: ids.filter((id) => !isPresent(id)) };
}

/** Whether the broker holds an offset beyond this event: it will not be delivered again. */
export function isBehindCommittedOffset(evidence: Evidence, event: Expected): boolean {
  const { position } = event;
  if (position === null) return false;
  const final = evidence.finals.find(
    ({ topic, partition }) => topic === position.topic && partition === position.partition,
  );
  return final?.committed !== null && final !== undefined && final.committed > position.offset;
}

const outboxRows = new WeakMap<Evidence, ReadonlySet<string>>();

function hasOutboxRow(evidence: Evidence, event: Expected): boolean {
  const known = outboxRows.get(evidence) ?? new Set(outboxEvents(evidence).map(({ id }) => id));
  outboxRows.set(evidence, known);
  return known.has(event.id);
}

/** The event of every committed outbox row. */
export function outboxEvents(evidence: Evidence): readonly Expected[] {
  const { outbox } = evidence.header;
  if (outbox === null) return [];
  return evidence.changes.flatMap(({ table, op, after }) => {
    if (table !== outbox.table || op !== "insert" || after === null) return [];
    const key = outbox.key === undefined ? null : String(after[outbox.key]);
    return evidence.eventOf(key, String(after[outbox.eventId])) ?? [];
  });
}
