import type { EventBody, WireEvent } from "../model/history.ts";
import { committed } from "./database.ts";
import {
  callName,
  isConsumer,
  nameOf,
  recordAt,
  topicOf,
  type Context,
  type InputRecord,
} from "./world.ts";
import {
  withGroup,
  withLane,
  withSeen,
  type ApiRequest,
  type Lane,
  type Pending,
  type State,
} from "./state.ts";

/** The error code of an offset commit from an older generation (ILLEGAL_GENERATION). */
const ILLEGAL_GENERATION = 22;

/** A server does what it was asked; its answer is on its way. */
export function serve(context: Context, state: State, lane: Lane): State {
  const { pending } = lane;
  if (pending === null || pending.isDone) return state;
  switch (pending.kind) {
    case "commit":
      return serveCommit(context, state, lane);
    case "offset":
      return serveOffset(context, state, { lane, committed: pending.committed });
    case "publish":
      return servePublish(context, state, lane);
    case "call":
      return answered(serveCall(context, state, pending.request), lane, {
        ...pending,
        isDone: true,
      });
  }
}

function answered(state: State, lane: Lane, pending: Pending): State {
  return withLane(state, { ...lane, pending });
}

function serveCommit(context: Context, state: State, lane: Lane): State {
  const { transaction, instance } = lane;
  const isCommitted = transaction !== null && !transaction.isFailed;
  const keys = keysOf(context, state, lane);
  context.sink.emit(() =>
    wire("postgres.commit.applied", { instance, keys, tag: isCommitted ? "COMMIT" : "ROLLBACK" }),
  );
  const changes = isCommitted ? transaction.changes : [];
  const seen = isCommitted ? withSeen(state, keys, "a") : state;
  const haunted = isCommitted && isZombie(state, lane) ? withSeen(seen, keys, instance) : seen;
  const database = committed(state.database, instance, changes);
  const done = { ...lane, transaction: null };
  return answered({ ...haunted, database }, done, { kind: "commit", isDone: true, isCommitted });
}

function isZombie(state: State, { role, instance, partition }: Lane): boolean {
  return isConsumer(role) && state.groups[role].owners[partition] !== instance;
}

function serveOffset(
  context: Context,
  state: State,
  { lane, committed: offset }: { readonly lane: Lane; readonly committed: number },
): State {
  const { role, partition, instance } = lane;
  if (!isConsumer(role)) return state;
  const { owners, generations, committed: before } = state.groups[role];
  const batch = state.instances[instance]?.batches[role];
  const isFenced = owners[partition] !== instance || batch?.generation !== generations[partition];
  context.sink.emit(() => ({
    ...offsetBody(lane, offset),
    moment: "applied",
    errorCode: isFenced ? ILLEGAL_GENERATION : 0,
  }));
  const next = isFenced
    ? state
    : withGroup(state, role, { committed: before.with(partition, offset) });
  return answered(next, lane, { kind: "offset", isDone: true, committed: offset, isFenced });
}

function servePublish(context: Context, state: State, lane: Lane): State {
  const { namesEvents } = context.protocolOf(lane.instance);
  const records = publishedBy(context, state, lane).map((event) => ({
    event,
    isNamed: namesEvents,
  }));
  const output = [...state.output, ...records];
  return answered({ ...state, output }, lane, { kind: "publish", isDone: true });
}

/** Applies a call once per idempotency key; a known key's answer is replayed. */
export function serveCall({ world, sink }: Context, state: State, request: ApiRequest): State {
  const { event, idempotencyKey } = request;
  const { applied } = state.api;
  const name = callName(event, idempotencyKey);
  const isKnown = isApplied(state, idempotencyKey);
  const received = [...new Set([...state.api.received, name])].sort();
  sink.emit(() => callBody(world.records, request, { moment: "received" }));
  sink.emit(() => callBody(world.records, request, { moment: "applied", replayed: isKnown }));
  const next = isKnown ? applied : [...applied, name].sort();
  return { ...state, api: { ...state.api, received, applied: next } };
}

/** Whether the API knows an idempotency key. */
export function isApplied({ api }: State, idempotencyKey: string): boolean {
  return api.applied.some((name) => name.slice(name.indexOf(" ") + 1) === idempotencyKey);
}

/** The answer reaches the one who asked. */
export function acknowledge(
  context: Context,
  state: State,
  { lane, pending }: { readonly lane: Lane; readonly pending: Pending },
): void {
  const { instance } = lane;
  switch (pending.kind) {
    case "commit":
      return context.sink.emit(() =>
        wire("postgres.commit.acknowledged", {
          instance,
          keys: keysOf(context, state, lane),
          tag: pending.isCommitted ? "COMMIT" : "ROLLBACK",
        }),
      );
    case "offset":
      return context.sink.emit(() => ({
        ...offsetBody(lane, pending.committed),
        moment: "acknowledged",
        errorCode: pending.isFenced ? ILLEGAL_GENERATION : 0,
      }));
    case "publish":
      return;
    case "call":
      return context.sink.emit(() =>
        callBody(context.world.records, pending.request, { moment: "answered" }),
      );
  }
}

/** Indices of the events a lane publishes. */
export function publishedBy(context: Context, state: State, lane: Lane): readonly number[] {
  if (lane.role === "relay") return lane.rows.map(({ event }) => event);
  const record = recordAt(context, state, lane);
  return record === null ? [] : [context.world.records.indexOf(record)];
}

/** Business keys in the bytes of a lane's own transaction. */
export function keysOf(context: Context, state: State, lane: Lane): readonly string[] {
  const record = recordAt(context, state, lane);
  return record === null ? [] : [record.key];
}

export function wire(
  boundary: WireEvent["boundary"],
  met: { readonly instance: number; readonly keys: readonly string[]; readonly tag: string | null },
): EventBody {
  const { instance, keys, tag } = met;
  return { stream: "wire", boundary, instance: nameOf(instance), keys, action: "passed", tag };
}

export function offsetBody(
  { role, instance, partition }: Lane,
  committed: number,
): Omit<Extract<EventBody, { stream: "offset"; kind: "commit" }>, "moment" | "errorCode"> {
  const consumer = isConsumer(role) ? role : "payments";
  return {
    stream: "offset",
    kind: "commit",
    instance: nameOf(instance),
    group: consumer,
    topic: topicOf(consumer),
    partition,
    committed,
  };
}

type CallBody = Extract<EventBody, { stream: "call" }>;

export function callBody(
  records: readonly InputRecord[],
  { callId, instance, event, idempotencyKey }: ApiRequest,
  { moment, replayed = false }: Pick<CallBody, "moment"> & { readonly replayed?: boolean },
): CallBody {
  const { key = null, eventId = null, amount = null } = records[event] ?? {};
  return {
    stream: "call",
    callId,
    api: "payments",
    moment,
    instance: nameOf(instance),
    idempotencyKey,
    key,
    eventId,
    amount,
    payloadHash: `${key}/${amount}`,
    status: moment === "answered" ? 200 : null,
    replayed,
  };
}
