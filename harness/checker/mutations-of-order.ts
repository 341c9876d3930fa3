import type { EventBase, HistoryEvent, IntentEvent, Position } from "../model/history.ts";
import {
  appended,
  balanceOf,
  headerOf,
  isRowOf,
  renumbered,
  victimsOf,
  withVictim,
  type Events,
} from "./mutation-tools.ts";

/** The first offset commit behind an event is asked for before the first COMMIT of its key. */
export function hurried(events: Events, nth?: number): Events | null {
  const swaps = victimsOf(events).flatMap(({ key, position }) => {
    if (position === "unknown") return [];
    const work = events.findIndex(
      (e) =>
        e.stream === "wire" &&
        e.boundary === "postgres.commit.applied" &&
        e.tag === "COMMIT" &&
        e.keys.includes(key),
    );
    const commit = events.findIndex((e) => isCommitBehind(e, position));
    return work >= 0 && commit > work ? [{ work, commit }] : [];
  });
  const swap = swaps[(nth ?? 0) % Math.max(1, swaps.length)];
  const moved = events[swap?.commit ?? -1];
  if (swap === undefined || moved === undefined) return null;
  return renumbered(events.toSpliced(swap.commit, 1).toSpliced(swap.work, 0, moved));
}

function isCommitBehind(event: HistoryEvent, { topic, partition, offset }: Position): boolean {
  return (
    event.stream === "offset" &&
    event.kind === "commit" &&
    event.moment === "requested" &&
    event.topic === topic &&
    event.partition === partition &&
    event.committed > offset
  );
}

/** Two events of one partition get one key, and their rows change places. */
export function disordered(events: Events, nth?: number): Events | null {
  const sent = victimsOf(events);
  const second = nth === undefined ? sent.at(-1) : sent[nth % Math.max(1, sent.length)];
  if (second === undefined) return null;
  const first = sent.findLast(
    (other) => isBefore(other, second) && canShareKey(events, other, second),
  );
  if (first === undefined) return null;
  const text = JSON.stringify(events).replaceAll(`"${first.key}"`, `"${second.key}"`);
  const renamed = JSON.parse(text) as Events;
  const [a = -1, b = -1] = [first, second].map(({ eventId }) =>
    rowAt(renamed, eventId, second.key),
  );
  const [rowA, rowB] = [renamed[a], renamed[b]];
  if (rowA === undefined || rowB === undefined) return null;
  return renumbered(renamed.with(a, rowB).with(b, rowA));
}

/** Whether no two operations of one event would become one. */
function canShareKey(events: Events, first: IntentEvent, second: IntentEvent): boolean {
  const idsOf = (key: string): readonly string[] =>
    events.flatMap((e) => (e.stream === "intent" && e.key === key ? [e.eventId] : []));
  const others = idsOf(second.key);
  return first.key === second.key || !idsOf(first.key).some((id) => others.includes(id));
}

/** In the same partition. */
function isBefore(first: IntentEvent & EventBase, second: IntentEvent & EventBase): boolean {
  if (first.position === "unknown" || second.position === "unknown") return false;
  return (
    first.position.topic === second.position.topic &&
    first.position.partition === second.position.partition &&
    first.position.offset < second.position.offset
  );
}

/** Index of an event's row of the first declared row effect. */
function rowAt(events: Events, eventId: string, key: string): number {
  const declared = headerOf(events)?.effects.find(({ kind }) => kind === "row");
  return events.findIndex(
    (e) =>
      declared?.kind === "row" &&
      isRowOf(events, e, { eventId, key }) &&
      e.table === declared.table,
  );
}

/** An instance is delivered a record, loses its partition, and still changes the account. */
export function haunted(events: Events, nth?: number): Events | null {
  return withVictim(events, nth, ({ key, account, position }) => {
    const balance = balanceOf(events);
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
    return appended(events, [
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
