import type { GuaranteeId } from "../model/guarantee.ts";
import type { CallEvent, EventBase, HistoryEvent, IntentEvent } from "../model/history.ts";

/** A change to a valid history that must break exactly these guarantees. */
export interface Mutation {
  readonly id: string;
  readonly breaks: readonly GuaranteeId[];
  /** Null when the history has nothing to change in this way. */
  readonly mutate: (events: readonly HistoryEvent[]) => readonly HistoryEvent[] | null;
}

/**
 * At least one for each guarantee, by deleting, duplicating, altering or swapping evidence. They make
 * a checker whose body is gone visible: its mutation is no longer found out.
 */
export const mutations: readonly Mutation[] = [
  {
    id: "all effects of an event are deleted",
    breaks: ["no-lost-effects"],
    mutate: (events) => withVictim(events, (victim) => without(events, effectsOf(events, victim))),
  },
  {
    id: "a transaction's effects are duplicated",
    breaks: ["no-duplicate-effects"],
    mutate: (events) =>
      withVictim(events, (victim) => renumbered([...events, ...rowsOf(events, victim)])),
  },
  {
    id: "an applied call is deleted",
    breaks: ["no-torn-outcomes"],
    mutate: (events) => withCall(events, (call) => without(events, [call])),
  },
  {
    id: "an applied call is duplicated",
    breaks: ["no-duplicate-calls"],
    mutate: (events) => withCall(events, (call) => renumbered([...events, call])),
  },
  {
    id: "an applied call names another event",
    breaks: ["no-phantom-effects", "no-torn-outcomes"],
    mutate: (events) =>
      withCall(events, (call) =>
        replaced(events, call, { ...call, key: "nobody", eventId: "nothing" }),
      ),
  },
  {
    id: "a call is repeated under another idempotency key",
    breaks: ["idempotency-keys-stable"],
    mutate: (events) =>
      withCall(events, (call) =>
        renumbered([...events, { ...call, moment: "received", idempotencyKey: "another" }]),
      ),
  },
  {
    id: "a published record is deleted",
    breaks: ["outbox-fully-published"],
    mutate: (events) => withVictim(events, (victim) => without(events, recordsOf(events, victim))),
  },
  {
    id: "a balance is altered",
    breaks: ["money-conserved"],
    mutate: (events) => {
      const { balance } = headerOf(events) ?? { balance: null };
      const change = events.find((e) => e.stream === "effect" && e.table === balance?.table);
      if (balance === null || change?.stream !== "effect" || change.after === null) return null;
      const after = {
        ...change.after,
        [balance.balance]: Number(change.after[balance.balance]) + 1,
      };
      return replaced(events, change, { ...change, after });
    },
  },
  {
    id: "an offset commit is swapped to before the work",
    breaks: ["offsets-never-ahead-of-effects"],
    mutate: swapped,
  },
  {
    id: "an unreadable record leaves no dead letter",
    breaks: ["every-input-accounted"],
    mutate: (events) =>
      withVictim(events, (victim) =>
        without(events, effectsOf(events, victim)).map((event) =>
          event.stream === "intent" && event.eventId === victim.eventId
            ? { ...event, isPoison: true }
            : event,
        ),
      ),
  },
  {
    id: "the recovery limit is altered to nothing",
    breaks: ["recovers-within"],
    mutate: (events) => {
      const header = headerOf(events);
      const hasFired = events.some((e) => e.stream === "fault" && e.moment === "fired");
      if (header === undefined || !hasFired) return null;
      return replaced(events, header, { ...header, limits: { recoveryMsMax: 0 } });
    },
  },
];

function headerOf(events: readonly HistoryEvent[]) {
  return events.find((event) => event.stream === "header");
}

/** The last event that was sent: nothing after it depends on it. */
function withVictim(
  events: readonly HistoryEvent[],
  change: (victim: IntentEvent) => readonly HistoryEvent[],
): readonly HistoryEvent[] | null {
  const victim = events.findLast((event) => event.stream === "intent" && event.isPoison !== true);
  return victim?.stream === "intent" ? change(victim) : null;
}

function withCall(
  events: readonly HistoryEvent[],
  change: (call: CallEvent & EventBase) => readonly HistoryEvent[],
): readonly HistoryEvent[] | null {
  const call = events.find(
    (event) => event.stream === "call" && event.moment === "applied" && !event.replayed,
  );
  return call?.stream === "call" ? change(call) : null;
}

/** Every change of the transaction that wrote the event's declared rows. */
function rowsOf(
  events: readonly HistoryEvent[],
  { eventId }: IntentEvent,
): readonly HistoryEvent[] {
  const declared = headerOf(events)?.effects ?? [];
  const tables = new Set(
    declared.flatMap((effect) => (effect.kind === "row" ? [effect.table] : [])),
  );
  const xids = new Set(
    events.flatMap((event) =>
      event.stream === "effect" &&
      tables.has(event.table) &&
      Object.values(event.after ?? {}).includes(eventId)
        ? [event.xid]
        : [],
    ),
  );
  return events.filter((event) => event.stream === "effect" && xids.has(event.xid));
}

function recordsOf(
  events: readonly HistoryEvent[],
  { eventId }: IntentEvent,
): readonly HistoryEvent[] {
  return events.filter(
    (event) => event.stream === "log" && event.role === "output" && event.eventId === eventId,
  );
}

function effectsOf(events: readonly HistoryEvent[], victim: IntentEvent): readonly HistoryEvent[] {
  const calls = events.filter(
    (event) => event.stream === "call" && event.eventId === victim.eventId,
  );
  return [...rowsOf(events, victim), ...recordsOf(events, victim), ...calls];
}

function swapped(events: readonly HistoryEvent[]): readonly HistoryEvent[] | null {
  const work = events.findIndex(
    (event) =>
      event.stream === "wire" &&
      event.boundary === "postgres.commit.applied" &&
      event.keys.length === 1,
  );
  const at = events.findIndex(
    (event, index) =>
      index > work &&
      event.stream === "offset" &&
      event.kind === "commit" &&
      event.moment === "requested",
  );
  const commit = events[at];
  if (work < 0 || commit === undefined) return null;
  return renumbered(events.toSpliced(at, 1).toSpliced(work, 0, commit));
}

function without(
  events: readonly HistoryEvent[],
  gone: readonly HistoryEvent[],
): readonly HistoryEvent[] {
  const removed = new Set(gone);
  return events.filter((event) => !removed.has(event));
}

function replaced(
  events: readonly HistoryEvent[],
  old: HistoryEvent,
  changed: HistoryEvent,
): readonly HistoryEvent[] {
  return events.with(events.indexOf(old), changed);
}

/** Order is `seq`: a changed order needs new numbers. */
function renumbered(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  return events.map((event, seq) => ({ ...event, seq }));
}
