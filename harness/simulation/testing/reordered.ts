import type { HistoryEvent } from "../../model/history.ts";

type Events = readonly HistoryEvent[];

/** Streams that are about everything: nothing is moved past them. */
const FENCES: ReadonlySet<HistoryEvent["stream"]> = new Set([
  "header",
  "process",
  "membership",
  "fault",
  "assumption",
  "metric",
  "phase",
]);

/**
 * The same history with neighbours swapped again and again, where they have nothing to do with each
 * other: no key, account or partition in common. `next` picks the places.
 */
export function reordered(events: Events, next: (below: number) => number): Events {
  const partitions = partitionsOf(events);
  const shuffled = [...events];
  for (let count = 0; count < events.length * 20; count += 1) {
    const at = next(events.length - 1);
    const [a, b] = [shuffled[at], shuffled[at + 1]];
    if (a === undefined || b === undefined || isTied(a, b, partitions)) continue;
    shuffled[at] = b;
    shuffled[at + 1] = a;
  }
  return shuffled.map((event, seq) => ({ ...event, seq, atMs: seq }));
}

function isTied(a: HistoryEvent, b: HistoryEvent, partitions: Partitions): boolean {
  if (FENCES.has(a.stream) || FENCES.has(b.stream)) return true;
  const others = new Set(namesOf(b, partitions));
  return namesOf(a, partitions).some((name) => others.has(name));
}

type Partitions = ReadonlyMap<string, readonly string[]>;

/** What an event is about. Offsets are about every key of their partition. */
function namesOf(event: HistoryEvent, partitions: Partitions): readonly string[] {
  if (event.stream === "wire") return event.keys.map((key) => `key ${key}`);
  if (event.stream === "offset") {
    const place = `${event.topic}/${event.partition}`;
    return [`partition ${place}`, ...(partitions.get(place) ?? []).map((key) => `key ${key}`)];
  }
  if (event.stream === "effect") {
    const row = event.after ?? event.before ?? {};
    return [`key ${String(row["payment_id"])}`, `account ${String(row["account_id"])}`];
  }
  return "key" in event ? [`key ${event.key}`] : [];
}

/** Keys of each input partition. */
function partitionsOf(events: Events): Partitions {
  const keys = new Map<string, string[]>();
  for (const event of events) {
    if (event.stream !== "log" || event.role !== "input" || event.key === null) continue;
    const place = `${event.position.topic}/${event.position.partition}`;
    keys.set(place, [...(keys.get(place) ?? []), event.key]);
  }
  return keys;
}
