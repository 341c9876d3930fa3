import { committed, isLocked } from "./database.ts";
import { askCall, askPublish, newLane } from "./lanes.ts";
import { acknowledge, callBody, isApplied, wire } from "./servers.ts";
import type { Context } from "./world.ts";
import {
  withLane,
  withoutLanes,
  type Capture,
  type Lane,
  type OutboxRow,
  type State,
} from "./state.ts";

/**
 * Rows the relay of an instance would take now: unpublished, locked by no other relay, and the oldest of
 * their key, so that two relays side by side keep the order of one key.
 */
export function rowsFor(context: Context, state: State, instance: number): readonly OutboxRow[] {
  const { outbox } = state.database;
  const last = Math.max(0, ...outbox.flatMap(({ id, isPublished }) => (isPublished ? [id] : [])));
  const { relayTakes } = context.protocolOf(instance);
  const from = relayTakes === "above-last-published" ? last : 0;
  const relay = newLane({ id: `relay/${instance}`, instance, role: "relay" });
  const keyOfRow = ({ event }: OutboxRow): string => context.world.records[event]?.key ?? "";
  const open = outbox.filter(({ isPublished }) => !isPublished);
  return open.filter(
    (row) =>
      row.id > from &&
      !isLocked(state, `outbox ${row.id}`, relay) &&
      (relayTakes === "any-unpublished" ||
        !open.some((other) => other.id < row.id && keyOfRow(other) === keyOfRow(row))),
  );
}

/** The relay takes rows, under lock, and goes on to its first question to a server. */
export function takeRows(context: Context, state: State, instance: number): State {
  const rows = rowsFor(context, state, instance);
  const locks = rows.map(({ id }) => `outbox ${id}`);
  const transaction = { changes: [], locks, isFailed: false };
  return relayOn(
    context,
    state,
    newLane({ id: `relay/${instance}`, instance, role: "relay", rows, transaction }),
  );
}

/** The relay takes its answer, if any, and goes on. */
export function relayOn(context: Context, state: State, from: Lane): State {
  let lane: Lane = from.pending === null ? from : { ...from, pending: null, pc: from.pc + 1 };
  const { instance } = lane;
  const program = context.protocolOf(instance).relay;
  for (; lane.pc < program.length; lane = { ...lane, pc: lane.pc + 1 }) {
    switch (program[lane.pc]) {
      case "publish":
        return askPublish(context, state, lane);
      case "mark-published": {
        const changes = lane.rows.map(
          ({ id, event }) => ({ table: "outbox-published", event, id }) as const,
        );
        const locks = lane.transaction?.locks ?? [];
        lane = { ...lane, transaction: { changes, locks, isFailed: false } };
        break;
      }
      case "commit":
        context.sink.emit(() =>
          wire("postgres.commit.requested", { instance, keys: [], tag: null }),
        );
        return withLane(state, {
          ...lane,
          pending: { kind: "commit", isDone: false, isCommitted: false },
        });
      case undefined:
        break;
    }
  }
  return withoutLanes(state, ({ id }) => id === lane.id);
}

/** The capture a worker would lease next: one that waits, or one whose worker is gone. */
export function captureFor(state: State): Capture | null {
  return (
    state.database.captures.find(
      (capture) =>
        capture.state === "pending" ||
        (capture.state === "in-flight" && isAbandoned(state, capture)),
    ) ?? null
  );
}

/** Nobody works on this attempt any more: its lease runs out. */
function isAbandoned(state: State, { event, attempts }: Capture): boolean {
  return !state.lanes.some(
    ({ capture, isOverdue }) =>
      !isOverdue && capture?.event === event && capture.attempts === attempts,
  );
}

/** A worker leases a capture; a first attempt calls at once, a later one asks before it calls. */
export function lease(
  context: Context,
  state: State,
  work: {
    readonly instance: number;
    readonly capture: Capture;
  },
): State {
  const { instance } = work;
  const attempts = work.capture.attempts + 1;
  const capture: Capture = { ...work.capture, state: "in-flight", attempts };
  const lane = newLane({
    id: `capture/${instance}/${capture.event}/${attempts}`,
    instance,
    role: "capture",
    capture,
  });
  const leased = withCapture(state, capture);
  return attempts > 1 ? withLane(leased, lane) : call(context, leased, { lane, capture });
}

function call(
  context: Context,
  state: State,
  { lane, capture }: { readonly lane: Lane; readonly capture: Capture },
): State {
  const { event, attempts } = capture;
  return askCall(state, {
    lane: { ...lane, pc: 1 },
    event,
    idempotencyKey: keyOf(context, lane, { event, attempts }),
  });
}

function keyOf(
  context: Context,
  lane: Lane,
  { event, attempts }: { readonly event: number; readonly attempts: number },
): string {
  const { eventId = "", operation = "" } = context.world.records[event] ?? {};
  return context.protocolOf(lane.instance).idempotencyKey({ eventId, operation, attempts });
}

/** A worker asks whether its key is known, calls, or records what came of it. */
export function captureOn(context: Context, state: State, lane: Lane): State {
  const { capture, pending, instance } = lane;
  if (capture === null) return state;
  const rest = withoutLanes(state, ({ id }) => id === lane.id);
  if (pending !== null) {
    acknowledge(context, state, { lane, pending });
    return recorded(rest, capture, "captured");
  }
  const { event, attempts } = capture;
  const idempotencyKey = keyOf(context, lane, { event, attempts });
  const request = { callId: "lookup", instance, event, idempotencyKey };
  context.sink.emit(() => callBody(context.world.records, request, { moment: "looked-up" }));
  return isApplied(state, idempotencyKey)
    ? recorded(rest, capture, "captured")
    : call(context, state, { lane, capture });
}

/** No answer came in time: the capture waits for another attempt, or is given up. */
export function captureUnknown(context: Context, state: State, lane: Lane): State {
  if (lane.capture === null) return state;
  const { afterUnknownCall } = context.protocolOf(lane.instance);
  const rest = withoutLanes(state, ({ id }) => id === lane.id);
  return recorded(rest, lane.capture, afterUnknownCall === "retry" ? "pending" : "failed");
}

/** A worker whose lease was taken over (other attempts) records nothing. */
function recorded(state: State, { event, attempts }: Capture, outcome: Capture["state"]): State {
  const current = state.database.captures.find((capture) => capture.event === event);
  if (current === undefined || current.attempts !== attempts) return state;
  return current.state === "in-flight" ? withCapture(state, { ...current, state: outcome }) : state;
}

function withCapture(state: State, changed: Capture): State {
  const captures = state.database.captures.map((capture) =>
    capture.event === changed.event ? changed : capture,
  );
  return { ...state, database: { ...state.database, captures } };
}

/** Deletes a dedup row, as a purge with too short a window would. */
export function purge(state: State, key: string): State {
  const event = state.database.dedup[key];
  if (event === undefined) return state;
  const change = { table: "dedup", event, key, isDeleted: true } as const;
  return { ...state, database: committed(state.database, 0, [change]) };
}
