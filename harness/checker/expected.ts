import type { EventBase, IntentEvent, LogEvent, Position } from "../model/history.ts";

/** A business event that must take effect exactly once. */
export interface Expected {
  /** Identity among all events: event id and business key. */
  readonly id: string;
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
): readonly Expected[] {
  const onLog = new Map<string, Position>();
  for (const { eventId, key, position } of inputLog) {
    const id = idOf({ eventId: eventId ?? "", key: key ?? "" });
    if (!onLog.has(id)) onLog.set(id, position);
  }
  return intents.flatMap(({ key, eventId, position, seq }): readonly Expected[] => {
    const id = idOf({ key, eventId });
    const stored = onLog.get(id) ?? null;
    const event = { id, key, eventId, seq };
    if (position === "unknown") {
      return stored === null ? [] : [{ ...event, position: stored, isAcknowledged: false }];
    }
    return [{ ...event, position: stored ?? position, isAcknowledged: true }];
  });
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
    found.set(name, found.has(name) ? null : event);
  }
  return found;
}
