import type {
  AssumptionEvent,
  CallEvent,
  DeliveryEvent,
  EffectEvent,
  FaultEvent,
  HeaderEvent,
  HistoryEvent,
  IntentEvent,
  LogEvent,
  MetricEvent,
  OffsetCommitEvent,
  OffsetFinalEvent,
  Position,
  ProcessEvent,
  WireEvent,
  EventBase,
} from "../model/history.ts";
import type { EffectDeclaration } from "../model/run-header.ts";

type Stamped<T> = T & EventBase;

/** One place where an effect shows, for one event. */
export interface Effect {
  readonly declaration: EffectDeclaration;
  readonly key: string | null;
  readonly eventId: string | null;
  /** In words: "ledger_entries row by consumer-1 in transaction 751". */
  readonly text: string;
  /** Who made it; null where the evidence cannot tell. */
  readonly instance: string | null;
  readonly seq: number;
}

/** A business event that must take effect exactly once. */
export interface Expected {
  /** Identity among all events: event id and business key. */
  readonly id: string;
  readonly key: string;
  readonly eventId: string;
  readonly position: Position | null;
  readonly isAcknowledged: boolean;
}

/** The history of one scenario run, indexed once in linear time. */
export interface Evidence {
  readonly header: Stamped<HeaderEvent>;
  readonly events: readonly HistoryEvent[];
  readonly expected: readonly Expected[];
  /** The event that a key and an event id name; either may be unknown, or shared by several events. */
  readonly eventOf: (key: string | null, eventId: string | null) => Expected | null;
  /** Effects per identity of the event, then per declaration id. */
  readonly effects: ReadonlyMap<string, ReadonlyMap<string, readonly Effect[]>>;
  /** Effects that name no event that was sent. */
  readonly strangers: readonly Effect[];
  readonly intents: readonly Stamped<IntentEvent>[];
  readonly inputLog: readonly Stamped<LogEvent>[];
  readonly outputLog: readonly Stamped<LogEvent>[];
  /** Events that were sent again on purpose. */
  readonly copies: readonly Stamped<IntentEvent>[];
  /** Records nobody can read, sent on purpose. */
  readonly poisoned: readonly Expected[];
  readonly deliveries: readonly Stamped<DeliveryEvent>[];
  readonly commits: readonly Stamped<OffsetCommitEvent>[];
  readonly finals: readonly Stamped<OffsetFinalEvent>[];
  readonly changes: readonly Stamped<EffectEvent>[];
  readonly calls: readonly Stamped<CallEvent>[];
  readonly wires: readonly Stamped<WireEvent>[];
  readonly faults: readonly Stamped<FaultEvent>[];
  readonly assumptions: readonly Stamped<AssumptionEvent>[];
  readonly metrics: readonly Stamped<MetricEvent>[];
  readonly processes: readonly Stamped<ProcessEvent>[];
  readonly isDrained: boolean;
  /** False when the observer did not read every record: that one is missing then proves nothing. */
  readonly isObserved: boolean;
}

/** Null when the history has no header: it says nothing that could be judged. */
export function evidenceOf(events: readonly HistoryEvent[]): Evidence | null {
  const header = only(events, "header")[0];
  if (header === undefined) return null;
  const sent = only(events, "intent");
  const intents = sent.filter(({ isCopy }) => isCopy !== true);
  const logs = only(events, "log");
  const inputLog = logs.filter(({ role }) => role === "input");
  const changes = only(events, "effect");
  const calls = only(events, "call");
  const accepted = acceptedOf(intents, inputLog);
  const poison = new Set(intents.flatMap((intent) => (intent.isPoison ? [idOf(intent)] : [])));
  const expected = accepted.filter(({ id }) => !poison.has(id));
  const eventOf = resolver(expected);
  const all = header.effects.flatMap((declaration) =>
    effectsOf(declaration, { changes, calls, logs }),
  );
  const { effects, strangers } = grouped(all, eventOf);
  const assumptions = only(events, "assumption");
  return {
    header,
    events,
    expected,
    eventOf,
    effects,
    strangers,
    intents,
    inputLog,
    outputLog: logs.filter(({ role }) => role === "output"),
    copies: sent.filter(({ isCopy }) => isCopy === true),
    poisoned: accepted.filter(({ id }) => poison.has(id)),
    deliveries: only(events, "delivery"),
    commits: only(events, "offset").filter(
      (e): e is Stamped<OffsetCommitEvent> => e.kind === "commit",
    ),
    finals: only(events, "offset").filter(
      (e): e is Stamped<OffsetFinalEvent> => e.kind === "final",
    ),
    changes,
    calls,
    wires: only(events, "wire"),
    faults: only(events, "fault"),
    assumptions,
    metrics: only(events, "metric"),
    processes: only(events, "process"),
    isObserved: !assumptions.some(
      ({ name, holds }) => name === "observer-complete" && holds !== true,
    ),
    isDrained: assumptions.findLast(({ name }) => name === "drained")?.holds === true,
  };
}

/** Effects of one event under one declaration; empty when there are none. */
export function effectsFor(
  evidence: Evidence,
  event: Expected,
  declarationId: string,
): readonly Effect[] {
  return evidence.effects.get(event.id)?.get(declarationId) ?? [];
}

/** "topic[partition]@offset". */
export function placeText({ topic, partition, offset }: Position): string {
  return `${topic}[${partition}]@${offset}`;
}

function only<S extends HistoryEvent["stream"]>(
  events: readonly HistoryEvent[],
  stream: S,
): readonly Extract<HistoryEvent, { readonly stream: S }>[] {
  return events.filter(
    (event): event is Extract<HistoryEvent, { readonly stream: S }> => event.stream === stream,
  );
}

/** Every acknowledged intent, and every unanswered one that is on the log all the same. */
function acceptedOf(
  intents: readonly IntentEvent[],
  inputLog: readonly LogEvent[],
): readonly Expected[] {
  const onLog = new Map<string, Position>();
  for (const { eventId, key, position } of inputLog) {
    const id = idOf({ eventId: eventId ?? "", key: key ?? "" });
    if (!onLog.has(id)) onLog.set(id, position);
  }
  return intents.flatMap(({ key, eventId, position }): readonly Expected[] => {
    const id = idOf({ key, eventId });
    const stored = onLog.get(id) ?? null;
    const event = { id, key, eventId };
    if (position === "unknown") {
      return stored === null ? [] : [{ ...event, position: stored, isAcknowledged: false }];
    }
    return [{ ...event, position: stored ?? position, isAcknowledged: true }];
  });
}

/** Several events may share a key, several operations an event id: together they are one event. */
function idOf({ key, eventId }: { readonly key: string; readonly eventId: string }): string {
  return `${eventId} ${key}`;
}

function resolver(expected: readonly Expected[]): Evidence["eventOf"] {
  const byId = new Map(expected.map((event) => [event.id, event]));
  const byEventId = uniqueBy(expected, ({ eventId }) => eventId);
  const byKey = uniqueBy(expected, ({ key }) => key);
  return (key, eventId) => {
    if (eventId === null) return byKey.get(key ?? "") ?? null;
    const exact = key === null ? undefined : byId.get(idOf({ key, eventId }));
    return exact ?? byEventId.get(eventId) ?? null;
  };
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

function effectsOf(
  declaration: EffectDeclaration,
  seen: {
    readonly changes: readonly Stamped<EffectEvent>[];
    readonly calls: readonly Stamped<CallEvent>[];
    readonly logs: readonly Stamped<LogEvent>[];
  },
): readonly Effect[] {
  switch (declaration.kind) {
    case "row":
      return seen.changes
        .filter(({ table, op }) => table === declaration.table && op === "insert")
        .map(({ after, instance, xid, seq }) => ({
          declaration,
          key: textOf(after?.[declaration.key]),
          eventId: textOf(after?.[declaration.eventId]),
          text: `${declaration.table} row by ${instance ?? "nobody on a link"} in transaction ${xid}`,
          instance,
          seq,
        }));
    case "call":
      return seen.calls
        .filter(
          (call) => call.api === declaration.api && call.moment === "applied" && !call.replayed,
        )
        .map(({ key, eventId, callId, instance, idempotencyKey, seq }) => ({
          declaration,
          key,
          eventId,
          text: `${callId} to ${declaration.api} by ${instance} with idempotency key ${idempotencyKey ?? "none"}`,
          instance,
          seq,
        }));
    case "record":
      return seen.logs
        .filter((log) => log.role === "output" && log.position.topic === declaration.topic)
        .map(({ key, eventId, position, seq }) => ({
          declaration,
          key,
          eventId,
          text: `record ${placeText(position)}`,
          instance: null,
          seq,
        }));
  }
}

function grouped(
  all: readonly Effect[],
  eventOf: Evidence["eventOf"],
): Pick<Evidence, "effects" | "strangers"> {
  const effects = new Map<string, Map<string, Effect[]>>();
  const strangers: Effect[] = [];
  for (const effect of all) {
    const event = eventOf(effect.key, effect.eventId);
    if (event === null) {
      strangers.push(effect);
      continue;
    }
    const ofEvent = effects.get(event.id) ?? new Map<string, Effect[]>();
    ofEvent.set(effect.declaration.id, [...(ofEvent.get(effect.declaration.id) ?? []), effect]);
    effects.set(event.id, ofEvent);
  }
  return { effects, strangers };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
