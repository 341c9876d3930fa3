import type { EventBase, IntentEvent, LogEvent, Position } from "../model/history.ts";

/** A business event that must take effect exactly once. */
export interface Expected {
  /** Identity among all events: event id and business key. */
  readonly id: string;
  /** A small number in place of the identity: events of one identity have it in common. */
  readonly slot: number;
  readonly key: string;
  readonly eventId: string;
  readonly position: Position | null;
  readonly isAcknowledged: boolean;
  /** Seq of its intent. */
  readonly seq: number;
}

/** The event that a key and an event id name; either may be unknown, or shared by several events. */
export type EventOf = (key: string | null, eventId: string | null) => Expected | null;

/** Several events may share a key, several operations an event id: together they are one event. */
export function idOf({ key, eventId }: { readonly key: string; readonly eventId: string }): string {
  return `${eventId} ${key}`;
}

/** Every acknowledged intent, and every unanswered one that is on the log all the same. */
export function acceptedOf(
  intents: readonly (IntentEvent & EventBase)[],
  inputLog: readonly LogEvent[],
): Accepted {
  const known = new Map<string, Known>();
  for (const { eventId, key, position } of inputLog) {
    const id = idOf({ eventId: eventId ?? "", key: key ?? "" });
    if (!known.has(id)) known.set(id, { id, slot: known.size, stored: position });
  }
  const onLog = known.size;
  const events: Expected[] = [];
  for (const { key, eventId, position, seq } of intents) {
    const name = idOf({ key, eventId });
    const { id, slot, stored } = known.get(name) ?? { id: name, slot: known.size, stored: null };
    if (stored === null && position === "unknown") continue;
    if (stored === null) known.set(id, { id, slot, stored });
    const isAcknowledged = position !== "unknown";
    const place = stored ?? (isAcknowledged ? position : null);
    events.push({ id, slot, key, eventId, position: place, isAcknowledged, seq });
  }
  return { events, onLog, slots: known.size };
}

interface Known {
  readonly id: string;
  readonly slot: number;
  readonly stored: Position | null;
}

export interface Accepted {
  readonly events: readonly Expected[];
  /** How many identities the log holds. */
  readonly onLog: number;
  /** Every slot is below. */
  readonly slots: number;
}

export function resolver(expected: readonly Expected[]): EventOf {
  const byEventId = uniqueBy(expected, ({ eventId }) => eventId);
  const byKey = uniqueBy(expected, ({ key }) => key);
  const shared = expected.filter(({ eventId }) => byEventId.get(eventId) === null);
  const byId = new Map(shared.map((event) => [event.id, event]));
  return (key, eventId) => {
    if (eventId === null) return byKey.get(key ?? "") ?? null;
    const only = byEventId.get(eventId);
    if (only !== null) return only ?? null;
    return key === null ? null : (byId.get(idOf({ key, eventId })) ?? null);
  };
}

/** Takes only both names together: of one alone it is not known yet who else will have it. */
export function strictResolver(expected: readonly Expected[]): EventOf {
  const byId = new Map(expected.map((event) => [event.id, event]));
  return (key, eventId) =>
    key === null || eventId === null ? null : (byId.get(idOf({ key, eventId })) ?? null);
}

/** Null where several events have the name in common. */
function uniqueBy(
  expected: readonly Expected[],
  nameOf: (event: Expected) => string,
): ReadonlyMap<string, Expected | null> {
  const found = new Map<string, Expected | null>();
  for (const event of expected) {
    const name = nameOf(event);
    found.set(name, found.get(name) === undefined ? event : null);
  }
  return found;
}
