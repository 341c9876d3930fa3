import type { GuaranteeId } from "../model/guarantee.ts";
import type { HistoryEvent } from "../model/history.ts";

/** A change to a valid history that must break exactly these guarantees. */
export interface Mutation {
  readonly id: string;
  readonly breaks: readonly GuaranteeId[];
  /** Null when the history has nothing to change in this way. */
  readonly mutate: (events: readonly HistoryEvent[]) => readonly HistoryEvent[] | null;
}

/** One of each kind: delete, duplicate, alter, swap. Pure. */
export const mutations: readonly Mutation[] = [
  {
    id: "an applied call is deleted",
    breaks: ["no-torn-outcomes"],
    mutate: (events) => {
      const at = events.findIndex((event) => isAppliedCall(event));
      return at < 0 ? null : events.toSpliced(at, 1);
    },
  },
  {
    id: "an applied call is duplicated",
    breaks: ["no-duplicate-calls"],
    mutate: (events) => {
      const call = events.find((event) => isAppliedCall(event));
      return call === undefined ? null : renumbered([...events, call]);
    },
  },
  {
    id: "an applied call names another event",
    breaks: ["no-phantom-effects", "no-torn-outcomes"],
    mutate: (events) => {
      const at = events.findIndex((event) => isAppliedCall(event));
      const call = events[at];
      if (call?.stream !== "call") return null;
      return events.with(at, { ...call, key: "nobody", eventId: "nothing" });
    },
  },
  {
    id: "an offset commit is swapped to before the work",
    breaks: ["offsets-never-ahead-of-effects"],
    mutate: (events) => {
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
    },
  },
];

function isAppliedCall(event: HistoryEvent): boolean {
  return event.stream === "call" && event.moment === "applied" && !event.replayed;
}

/** Order is `seq`: a changed order needs new numbers. */
function renumbered(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  return events.map((event, seq) => ({ ...event, seq }));
}
