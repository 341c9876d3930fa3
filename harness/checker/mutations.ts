import type { GuaranteeId } from "../model/guarantee.ts";
import type { HistoryEvent } from "../model/history.ts";
import { disordered, haunted, hurried } from "./mutations-of-order.ts";
import {
  appended,
  balanceOf,
  effectsOf,
  headerOf,
  isFirstOfItsKind,
  isHandledByOne,
  nthOf,
  recordsOf,
  renumbered,
  replaced,
  rowsOf,
  withCall,
  withVictim,
  without,
  withoutMetrics,
} from "./mutation-tools.ts";

/** A change to a valid history that must break exactly these guarantees. */
export interface Mutation {
  readonly id: string;
  readonly breaks: readonly GuaranteeId[];
  /**
   * `nth` picks the place among all where it can be done (any whole number; by default the last event
   * sent, or the first place). Null when the history has nothing to change in this way.
   */
  readonly mutate: (
    events: readonly HistoryEvent[],
    nth?: number,
  ) => readonly HistoryEvent[] | null;
}

/**
 * At least one for each guarantee, by deleting, duplicating, altering or swapping evidence. They make
 * a checker whose body is gone visible: its mutation is no longer found out.
 */
const changes: readonly Mutation[] = [
  {
    id: "all effects of an event are deleted",
    breaks: ["no-lost-effects"],
    mutate: (events, nth) =>
      withVictim(events, nth, (victim) => without(events, effectsOf(events, victim))),
  },
  {
    id: "a transaction's effects are duplicated",
    breaks: ["no-duplicate-effects"],
    mutate: (events, nth) =>
      withVictim(
        events,
        nth,
        (victim) => appended(events, rowsOf(events, victim)),
        ({ key }) => isHandledByOne(events, key),
      ),
  },
  {
    id: "an applied call is deleted",
    breaks: ["no-torn-outcomes"],
    mutate: (events, nth) => withCall(events, nth, (call) => without(events, [call])),
  },
  {
    id: "an applied call is duplicated",
    breaks: ["no-duplicate-calls"],
    mutate: (events, nth) =>
      withCall(
        events,
        nth,
        (call) => appended(events, [call]),
        ({ key }) => isHandledByOne(events, key),
      ),
  },
  {
    id: "an applied call names another event",
    breaks: ["no-phantom-effects", "no-torn-outcomes"],
    mutate: (events, nth) =>
      withCall(events, nth, (call) =>
        replaced(events, call, { ...call, key: "nobody", eventId: "nothing" }),
      ),
  },
  {
    id: "a call is repeated under another idempotency key",
    breaks: ["idempotency-keys-stable"],
    mutate: (events, nth) =>
      withCall(events, nth, (call) =>
        appended(events, [{ ...call, moment: "received", idempotencyKey: "another" }]),
      ),
  },
  {
    id: "a published record is deleted",
    breaks: ["outbox-fully-published"],
    mutate: (events, nth) =>
      withVictim(events, nth, (victim) => without(events, recordsOf(events, victim))),
  },
  {
    id: "a balance is altered",
    breaks: ["money-conserved"],
    mutate: (events, nth) => {
      const balance = balanceOf(events);
      const change = nthOf(events, nth, (e) => e.stream === "effect" && e.table === balance?.table);
      if (balance === null || change?.stream !== "effect" || change.after === null) return null;
      const moved = Number(change.after[balance.balance]) + 1;
      const after = { ...change.after, [balance.balance]: moved };
      return replaced(events, change, { ...change, after });
    },
  },
  {
    id: "an offset commit is swapped to before the work",
    breaks: ["offsets-never-ahead-of-effects"],
    mutate: hurried,
  },
  {
    id: "an unreadable record leaves no dead letter",
    breaks: ["every-input-accounted"],
    mutate: (events, nth) =>
      withVictim(events, nth, (victim) =>
        without(events, effectsOf(events, victim)).map((event) =>
          event.stream === "intent" && event.eventId === victim.eventId && event.key === victim.key
            ? { ...event, isPoison: true }
            : event,
        ),
      ),
  },
  {
    id: "an event is published before its transaction",
    breaks: ["no-phantom-publishes"],
    mutate: (events, nth) =>
      withVictim(events, nth, ({ key }) => {
        const commit = events.find((e) => e.stream === "wire" && e.keys.includes(key));
        if (commit?.stream !== "wire") return null;
        const boundary = "kafka.produce.requested" as const;
        const early = { ...commit, boundary, keys: [key], tag: null };
        return renumbered(events.toSpliced(events.indexOf(commit), 0, early));
      }),
  },
  {
    id: "a record is published again without its event id",
    breaks: ["no-duplicate-publishes"],
    mutate: (events, nth) =>
      withVictim(
        events,
        nth,
        (victim) => {
          const record = recordsOf(events, victim)[0];
          if (record?.stream !== "log") return null;
          const position = { ...record.position, offset: record.position.offset + 1_000_000 };
          return appended(events, [{ ...record, position, eventId: null }]);
        },
        // Without its event id, only a key that no other event has says which event it is.
        (victim) => isFirstOfItsKind(events, victim, ({ key }) => key === victim.key),
      ),
  },
  { id: "two events of one key swap their rows", breaks: ["ordered-per-key"], mutate: disordered },
  {
    id: "a balance is written over with an old version",
    breaks: ["no-stale-overwrites"],
    mutate: (events, nth) => {
      const balance = balanceOf(events);
      const update = nthOf(
        events,
        nth,
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
    mutate: (events, nth) => {
      const dedup = headerOf(events)?.dedup ?? null;
      const row = nthOf(events, nth, (e) => e.stream === "effect" && e.table === dedup?.table);
      if (row?.stream !== "effect") return null;
      return appended(events, [{ ...row, op: "delete", before: row.after, after: null }, row]);
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
    : { ...change, mutate: (events, nth) => change.mutate(withoutMetrics(events), nth) },
);
