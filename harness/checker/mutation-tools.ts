import type { CallEvent, EventBase, HistoryEvent, IntentEvent } from "../model/history.ts";
import type { BalanceDeclaration } from "../model/run-header.ts";

/** A history, a part of it, or what became of it. */
export type Events = readonly HistoryEvent[];

export function withoutMetrics(events: Events): Events {
  return events.flatMap((event): Events => {
    if (event.stream === "header") return [{ ...event, metrics: null }];
    return event.stream === "metric" ? [] : [event];
  });
}

export function headerOf(events: Events) {
  return events.find((event) => event.stream === "header");
}

export function balanceOf(events: Events): BalanceDeclaration | null {
  return headerOf(events)?.balance ?? null;
}

/** The nth event of a kind, counted round; the first without an n. */
export function nthOf(
  events: Events,
  nth: number | undefined,
  isOne: (event: HistoryEvent) => boolean,
): HistoryEvent | undefined {
  const all = events.filter((event) => isOne(event));
  return all[(nth ?? 0) % Math.max(1, all.length)];
}

/** Intents that took effect and may be changed; copies are said by their originals. */
export function victimsOf(events: Events): readonly (IntentEvent & EventBase)[] {
  return events.flatMap((event) =>
    event.stream === "intent" &&
    event.isPoison !== true &&
    event.isCopy !== true &&
    rowsOf(events, event).length > 0
      ? [event]
      : [],
  );
}

/** The last event that was sent, on which nothing after it depends; or the nth, counted round. */
export function withVictim(
  events: Events,
  nth: number | undefined,
  change: (victim: IntentEvent & EventBase) => Events | null,
  isFit: (victim: IntentEvent & EventBase) => boolean = () => true,
): Events | null {
  const victims = victimsOf(events).filter((victim) => isFit(victim));
  const victim = nth === undefined ? victims.at(-1) : victims[nth % Math.max(1, victims.length)];
  return victim === undefined ? null : change(victim);
}

/**
 * Whether only one instance was ever delivered records of a key: nobody can have acted as a zombie on
 * it, whose act a second effect would turn into a harmful one.
 */
export function isHandledByOne(events: Events, key: string | null): boolean {
  const instances = events.flatMap((event) =>
    event.stream === "delivery" && event.key === key ? [event.instance] : [],
  );
  return new Set(instances).size <= 1;
}

/** Whether no other event that was sent is like this one. */
export function isFirstOfItsKind(
  events: Events,
  victim: IntentEvent & EventBase,
  isLike: (other: IntentEvent) => boolean,
): boolean {
  return !events.some(
    (other) =>
      other.stream === "intent" && other.seq !== victim.seq && !other.isCopy && isLike(other),
  );
}

export function withCall(
  events: Events,
  nth: number | undefined,
  change: (call: CallEvent & EventBase) => Events,
  isFit: (call: CallEvent & EventBase) => boolean = () => true,
): Events | null {
  const call = nthOf(
    events,
    nth,
    (event) =>
      event.stream === "call" && event.moment === "applied" && !event.replayed && isFit(event),
  );
  return call?.stream === "call" ? change(call) : null;
}

/** Every change of the transactions that wrote the event's declared rows. */
export function rowsOf(events: Events, { eventId, key }: IntentEvent): Events {
  const xids = new Set(
    events.flatMap((event) => (isRowOf(events, event, { eventId, key }) ? [event.xid] : [])),
  );
  return events.filter((event) => event.stream === "effect" && xids.has(event.xid));
}

/** A declared row of an event. */
export function isRowOf(
  events: Events,
  event: HistoryEvent,
  { eventId, key }: Pick<IntentEvent, "eventId" | "key">,
): event is HistoryEvent & { readonly stream: "effect" } {
  if (event.stream !== "effect" || event.after === null) return false;
  const { after, table } = event;
  return (headerOf(events)?.effects ?? []).some(
    (effect) =>
      effect.kind === "row" &&
      effect.table === table &&
      after[effect.eventId] === eventId &&
      after[effect.key] === key,
  );
}

export function recordsOf(events: Events, { eventId, key }: IntentEvent): Events {
  return events.filter(
    (event) =>
      event.stream === "log" &&
      event.role === "output" &&
      event.eventId === eventId &&
      (event.key === key || event.key === null),
  );
}

export function effectsOf(events: Events, victim: IntentEvent): Events {
  const calls = events.filter(
    (event) =>
      event.stream === "call" && event.eventId === victim.eventId && event.key === victim.key,
  );
  return [...rowsOf(events, victim), ...recordsOf(events, victim), ...calls];
}

export function without(events: Events, gone: Events): Events {
  const removed = new Set(gone);
  return events.filter((event) => !removed.has(event));
}

export function replaced(events: Events, old: HistoryEvent, changed: HistoryEvent): Events {
  return events.with(events.indexOf(old), changed);
}

/** At the end of what was written down; the run still goes to its own. */
export function appended(events: Events, more: Events): Events {
  const down = events.findIndex((event) => event.stream === "phase" && event.phase === "down");
  return renumbered(events.toSpliced(down === -1 ? events.length : down, 0, ...more));
}

/** Order is `seq`: a changed order needs new numbers, and times that do not go back. */
export function renumbered(events: Events): Events {
  let atMs = -Infinity;
  return events.map((event, seq) => {
    atMs = Math.max(atMs, event.atMs);
    return { ...event, seq, atMs };
  });
}
