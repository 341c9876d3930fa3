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

const knownRows = new WeakMap<Evidence, ReadonlySet<string>>();

function hasOutboxRow(evidence: Evidence, event: Expected): boolean {
  const known =
    knownRows.get(evidence) ?? new Set([...outboxRows(evidence).keys()].map(({ id }) => id));
  knownRows.set(evidence, known);
  return known.has(event.id);
}

/** Events that have a committed outbox row, each with the seq of its first. */
export function outboxRows(evidence: Evidence): ReadonlyMap<Expected, readonly number[]> {
  const rows = new Map<Expected, readonly number[]>();
  for (const { key, eventId, seq } of evidence.changes.outbox) {
    const event = evidence.eventOf(key, eventId);
    if (event !== null && !rows.has(event)) rows.set(event, [seq]);
  }
  return rows;
}
