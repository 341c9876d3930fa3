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
const changes: readonly Mutation[] = [
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
    id: "an event is published before its transaction",
    breaks: ["no-phantom-publishes"],
    mutate: (events) =>
      withVictim(events, ({ key }) => {
        const commit = events.find((e) => e.stream === "wire" && e.keys.includes(key));
        if (commit?.stream !== "wire") return null;
        const early = { ...commit, boundary: "kafka.produce.requested", tag: null } as const;
        return renumbered(events.toSpliced(events.indexOf(commit), 0, early));
      }),
  },
  {
    id: "a record is published again without its event id",
    breaks: ["no-duplicate-publishes"],
    mutate: (events) =>
      withVictim(events, (victim) => {
        const record = recordsOf(events, victim)[0];
        if (record?.stream !== "log") return null;
        const position = { ...record.position, offset: record.position.offset + 1_000_000 };
        return renumbered([...events, { ...record, position, eventId: null }]);
      }),
  },
  { id: "two events of one key swap their rows", breaks: ["ordered-per-key"], mutate: disordered },
  {
    id: "a balance is written over with an old version",
    breaks: ["no-stale-overwrites"],
    mutate: (events) => {
      const { balance } = headerOf(events) ?? { balance: null };
      const update = events.find(
        (e) => e.stream === "effect" && e.table === balance?.table && e.before !== null,
      );
      const version = balance?.version;
      if (update?.stream !== "effect" || version === undefined) return null;
      const after = { ...update.after, [version]: update.before?.[version] };
      return replaced(events, update, { ...update, after });
    },
  },
  {
    id: "an instance goes on after its partition has moved",
    breaks: ["no-zombie-effects"],
    mutate: haunted,
  },
  {
    id: "a dedup row is deleted and made again",
    breaks: ["dedup-outlives-redelivery"],
    mutate: (events) => {
      const dedup = headerOf(events)?.dedup ?? null;
      const row = events.find((e) => e.stream === "effect" && e.table === dedup?.table);
      if (row?.stream !== "effect") return null;
      const gone = { ...row, op: "delete", before: row.after, after: null } as const;
      return renumbered([...events, gone, row]);
    },
  },
  {
    id: "a counter of effects is altered",
    breaks: ["metrics-tell-the-truth"],
    mutate: (events) => {
      const series = headerOf(events)?.metrics?.effects?.[0];
      if (series === undefined) return null;
      return events.map((e) =>
        e.stream === "metric" && e.name === series.series ? { ...e, value: e.value + 1 } : e,
      );
    },
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

/** As above; the subject's own numbers are left out where they are not the point: they would disagree. */
export const mutations: readonly Mutation[] = changes.map((change) =>
  change.breaks.includes("metrics-tell-the-truth")
    ? change
    : { ...change, mutate: (events) => change.mutate(withoutMetrics(events)) },
);

function withoutMetrics(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  return events.flatMap((event): readonly HistoryEvent[] => {
    if (event.stream === "header") return [{ ...event, metrics: null }];
    return event.stream === "metric" ? [] : [event];
  });
}

function headerOf(events: readonly HistoryEvent[]) {
  return events.find((event) => event.stream === "header");
}

/** The last event that was sent: nothing after it depends on it. */
function withVictim(
  events: readonly HistoryEvent[],
  change: (victim: IntentEvent) => readonly HistoryEvent[] | null,
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

/** Two events of one partition get one key, and their rows change places. */
function disordered(events: readonly HistoryEvent[]): readonly HistoryEvent[] | null {
  const sent = events.filter((e) => e.stream === "intent" && e.isPoison !== true);
  const [second] = sent.slice(-1);
  const first = sent.findLast(
    (e) => e !== second && placeOf(e) !== null && placeOf(e) === placeOf(second),
  );
  if (first?.stream !== "intent" || second?.stream !== "intent") return null;
  const text = JSON.stringify(events).replaceAll(first.key, second.key);
  const renamed = JSON.parse(text) as readonly HistoryEvent[];
  const at = [first, second].map(({ eventId }) =>
    renamed.findIndex((e) => isDeclaredRow(renamed, e) && e.after?.["event_id"] === eventId),
  );
  const [a = -1, b = -1] = at;
  const [rowA, rowB] = [renamed[a], renamed[b]];
  if (rowA === undefined || rowB === undefined) return null;
  return renumbered(renamed.with(a, rowB).with(b, rowA));
}

function placeOf(event: HistoryEvent | undefined): string | null {
  if (event?.stream !== "intent" || event.position === "unknown") return null;
  return `${event.position.topic}/${event.position.partition}`;
}

/** Rows of the first declared row effect. */
function isDeclaredRow(
  events: readonly HistoryEvent[],
  event: HistoryEvent,
): event is HistoryEvent & { readonly stream: "effect" } {
  const declared = headerOf(events)?.effects.find(({ kind }) => kind === "row");
  return event.stream === "effect" && declared?.kind === "row" && event.table === declared.table;
}

/** An instance is delivered a record, loses its partition, and still changes the account. */
function haunted(events: readonly HistoryEvent[]): readonly HistoryEvent[] | null {
  return withVictim(events, ({ key, account, position }) => {
    const balance = headerOf(events)?.balance ?? null;
    const change = events.findLast(
      (e) =>
        e.stream === "effect" &&
        e.table === balance?.table &&
        e.after?.[balance.account] === account,
    );
    if (balance === null || change?.stream !== "effect" || position === "unknown") return null;
    const { seq, atMs, scenario } = change;
    const base = { seq, atMs, scenario };
    const instance = change.instance ?? "";
    const version = balance.version ?? "version";
    const after = { ...change.after, [version]: Number(change.after?.[version]) + 1 };
    return renumbered([
      ...events,
      { ...base, stream: "delivery", instance, position, key, attempt: 9 },
      {
        ...base,
        stream: "membership",
        instance: `${instance}-successor`,
        kind: "assigned",
        memberId: "m",
        eviction: null,
        partitions: [position],
      },
      {
        ...base,
        stream: "wire",
        boundary: "postgres.commit.applied",
        instance,
        keys: [key],
        action: "passed",
        tag: "COMMIT",
      },
      { ...change, op: "update", xid: "999999999", before: change.after, after },
    ]);
  });
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
