import { extended, isLocked } from "./database.ts";
import { execute, isSkipped, lockOf } from "./instructions.ts";
import type { Instruction } from "./protocol.ts";
import { acknowledge, keysOf, offsetBody, publishedBy, wire } from "./servers.ts";
import { endOf, isConsumer, nameOf, recordAt, topicOf, type Context } from "./world.ts";
import {
  withInstance,
  withLane,
  withoutLanes,
  withSeen,
  type ApiRequest,
  type Batch,
  type Consumer,
  type Lane,
  type Pending,
  type State,
} from "./state.ts";

/** More than any program takes: a loop without an end would be a defect of the simulation. */
const INSTRUCTIONS_MAX = 100;

/** A lane with nothing done yet. */
export function newLane(work: Pick<Lane, "id" | "instance" | "role"> & Partial<Lane>): Lane {
  return {
    pc: 0,
    place: null,
    partition: 0,
    rows: [],
    capture: null,
    isOverdue: false,
    sighting: null,
    account: null,
    captured: null,
    transaction: null,
    pending: null,
    ...work,
  };
}

/** What a consumer's lane has to do. */
export function programOf(context: Context, state: State, lane: Lane): readonly Instruction[] {
  const protocol = context.protocolOf(lane.instance);
  if (lane.place === null) return protocol.batch;
  if (lane.role === "settlements") {
    return state.output[lane.place.offset]?.isNamed === false
      ? protocol.poison
      : protocol.settlements;
  }
  return recordAt(context, state, lane)?.isPoison === true ? protocol.poison : protocol.payments;
}

/** The records of a partition from the instance's position on are delivered to it. */
export function fetch(
  context: Context,
  state: State,
  work: { readonly instance: number; readonly role: Consumer; readonly partition: number },
): State {
  const { instance, role, partition } = work;
  const holder = state.instances[instance];
  const next = holder?.positions[role][partition] ?? null;
  const end = endOf(context, state, role, partition);
  if (holder === undefined || next === null || next >= end) return state;
  const generation = state.groups[role].generations[partition] ?? 0;
  const batch: Batch = { partition, generation, next, end };
  const batches = { ...holder.batches, [role]: batch };
  for (let offset = next; offset < end; offset += 1) {
    context.sink.emit(() => ({
      stream: "delivery",
      instance: nameOf(instance),
      position: { topic: topicOf(role), partition, offset },
      key: recordAt(context, state, { role, place: { partition, offset } })?.key ?? null,
      attempt: 1,
    }));
  }
  const opened = withInstance(state, instance, { batches });
  const isWhole = role === "payments" && context.protocolOf(instance).isSideBySide;
  return Array.from({ length: isWhole ? end - next : 1 }, (_, index) => next + index).reduce(
    (before, offset) => withLane(before, laneFor({ instance, role, partition, offset })),
    opened,
  );
}

function laneFor(work: {
  readonly instance: number;
  readonly role: Consumer;
  readonly partition: number;
  readonly offset: number | null;
}): Lane {
  const { instance, role, partition, offset } = work;
  const id = `${role}/${instance}/${partition}/${offset ?? "batch"}`;
  return newLane({
    id,
    instance,
    role,
    partition,
    place: offset === null ? null : { partition, offset },
  });
}

/** Whether the lane's next step waits for a lock that another transaction holds. */
export function isBlocked(context: Context, state: State, lane: Lane): boolean {
  if (!isConsumer(lane.role)) return false;
  const instruction = nextOf(context, state, lane)?.instruction;
  if (instruction === undefined) return false;
  const lock = lockOf(context, state, lane, instruction);
  return lock !== null && isLocked(state, lock, lane);
}

/** The next instruction that is not skipped. */
export function nextOf(
  context: Context,
  state: State,
  lane: Lane,
): { readonly instruction: Instruction; readonly pc: number } | null {
  const program = programOf(context, state, lane);
  for (let pc = lane.pc; pc < program.length; pc += 1) {
    const instruction = program[pc];
    if (instruction !== undefined && !isSkipped(lane, instruction)) return { instruction, pc };
  }
  return null;
}

/** A consumer's lane takes its answer, if any, and goes on to its next question to a server. */
export function goOn(context: Context, state: State, lane: Lane): State {
  const absorbed = absorb(context, state, lane);
  if (absorbed === null) return dropped(state, lane);
  let at = absorbed;
  for (let count = 0; count < INSTRUCTIONS_MAX; count += 1) {
    const next = nextOf(context, state, at);
    if (next === null) return finished(context, state, at);
    const ready: Lane = { ...at, pc: next.pc };
    if (isBlocked(context, state, ready)) return withLane(state, ready);
    const asked = ask(context, state, { lane: ready, instruction: next.instruction });
    if (asked !== null) return asked;
    const { lane: done, isPoint } = execute(context, state, ready, next.instruction);
    at = { ...done, pc: next.pc + 1 };
    if (isPoint) return withLane(state, at);
  }
  throw new Error(`lane ${lane.id} never came to an end`);
}

/** The lane behind its answer; null when the answer was that it has lost its partition. */
function absorb(context: Context, state: State, lane: Lane): Lane | null {
  const { pending } = lane;
  if (pending === null) return lane;
  acknowledge(context, state, { lane, pending });
  if (pending.kind === "offset" && pending.isFenced) return null;
  const captured = pending.kind === "call" ? pending.request.idempotencyKey : lane.captured;
  return { ...lane, captured, pending: null, pc: lane.pc + 1 };
}

/** Sends a question to a server; null for an instruction that asks none. */
function ask(
  context: Context,
  state: State,
  { lane, instruction }: { readonly lane: Lane; readonly instruction: Instruction },
): State | null {
  const { instance, place } = lane;
  switch (instruction) {
    case "commit": {
      const keys = keysOf(context, state, lane);
      context.sink.emit(() => wire("postgres.commit.requested", { instance, keys, tag: null }));
      const pending = { kind: "commit", isDone: false, isCommitted: false } as const;
      return withLane(withSeen(state, keys, "q"), { ...lane, pending });
    }
    case "offset":
      return askOffset(context, state, { lane, committed: (place?.offset ?? 0) + 1 });
    case "offset-of-batch":
    case "leave-batch-if-seen":
      return askOffset(context, state, { lane, committed: batchOf(state, lane)?.end ?? 0 });
    case "publish":
      return askPublish(context, state, lane);
    case "call": {
      const event = publishedBy(context, state, lane)[0] ?? 0;
      const key = keysOf(context, state, lane)[0] ?? "";
      const idempotencyKey = `capture:${key}:${instance}:${(state.api.calls[event] ?? 0) + 1}`;
      return askCall(state, { lane, event, idempotencyKey });
    }
    case "mark":
    case "look":
    case "claim":
    case "read-account":
    case "post":
    case "outbox":
    case "overwrite":
    case "settle":
    case "dead-letter":
      return null;
  }
}

function batchOf(state: State, { instance, role }: Lane): Batch | null {
  return isConsumer(role) ? (state.instances[instance]?.batches[role] ?? null) : null;
}

function askOffset(
  context: Context,
  state: State,
  { lane, committed }: { readonly lane: Lane; readonly committed: number },
): State {
  const { role, partition } = lane;
  context.sink.emit(() => ({
    ...offsetBody(lane, committed),
    moment: "requested",
    errorCode: null,
  }));
  const covered =
    role === "payments"
      ? context.world.records.flatMap((record) =>
          record.partition === partition && record.offset < committed ? [record.key] : [],
        )
      : [];
  const pending: Pending = { kind: "offset", isDone: false, committed, isFenced: false };
  return withLane(withSeen(state, covered, "o"), { ...lane, pending });
}

/** Hands records to Kafka. */
export function askPublish(context: Context, state: State, lane: Lane): State {
  const keys = publishedBy(context, state, lane).map(
    (event) => context.world.records[event]?.key ?? "",
  );
  const { instance } = lane;
  context.sink.emit(() => wire("kafka.produce.requested", { instance, keys, tag: null }));
  return withLane(withSeen(state, keys, "p"), {
    ...lane,
    pending: { kind: "publish", isDone: false },
  });
}

/** Calls the API. */
export function askCall(
  state: State,
  call: { readonly lane: Lane; readonly event: number; readonly idempotencyKey: string },
): State {
  const { lane, event, idempotencyKey } = call;
  const { api } = state;
  const count = (api.calls[event] ?? 0) + 1;
  const callId = `call-${event + 1}.${count}`;
  const request: ApiRequest = { callId, instance: lane.instance, event, idempotencyKey };
  return withLane(
    { ...state, api: { ...api, calls: api.calls.with(event, count) } },
    { ...lane, pending: { kind: "call", isDone: false, request } },
  );
}

/** A record is done: the next of its batch, what follows the batch, or nothing more. */
function finished(context: Context, state: State, lane: Lane): State {
  const { instance, role, partition, place } = lane;
  const rest = withoutLanes(state, ({ id }) => id === lane.id);
  const batch = batchOf(state, lane);
  const holder = state.instances[instance];
  if (!isConsumer(role) || batch === null || holder === undefined) return rest;
  const { isSideBySide, batch: after } = context.protocolOf(instance);
  const hasLeft = place === null || (lane.sighting === "seen" && leaves(context, state, lane));
  const next = hasLeft ? batch.end : batch.next + 1;
  const advanced = withInstance(rest, instance, {
    batches: { ...holder.batches, [role]: { ...batch, next } },
  });
  const work = { instance, role, partition };
  if (next < batch.end) {
    if (role === "payments" && isSideBySide) return advanced;
    return withLane(advanced, laneFor({ ...work, offset: next }));
  }
  if (place !== null && role === "payments" && after.length > 0)
    return withLane(advanced, laneFor({ ...work, offset: null }));
  return afterBatch(advanced, { ...work, position: batch.end });
}

function leaves(context: Context, state: State, lane: Lane): boolean {
  return programOf(context, state, lane).includes("leave-batch-if-seen");
}

/** Where the instance reads on; a partition it has lost meanwhile is noticed now. */
function afterBatch(
  state: State,
  work: {
    readonly instance: number;
    readonly role: Consumer;
    readonly partition: number;
    readonly position: number;
  },
): State {
  const { instance, role, partition, position } = work;
  const holder = state.instances[instance];
  if (holder === undefined) return state;
  const { owners, generations, committed } = state.groups[role];
  const isCurrent = holder.batches[role]?.generation === generations[partition];
  const place =
    owners[partition] !== instance ? null : isCurrent ? position : (committed[partition] ?? 0);
  return withInstance(state, instance, {
    batches: { ...holder.batches, [role]: null },
    positions: { ...holder.positions, [role]: holder.positions[role].with(partition, place) },
  });
}

/**
 * What a handler that throws leads to: its transaction is rolled back, its batch forgotten, and the
 * consumer joins again, to read on from the committed offsets of what it owns.
 */
export function dropped(state: State, lane: Lane): State {
  const { instance, role } = lane;
  const holder = state.instances[instance];
  if (!isConsumer(role) || holder === undefined)
    return withoutLanes(state, ({ id }) => id === lane.id);
  const rest = withoutLanes(state, (other) => other.instance === instance && other.role === role);
  const { owners, committed } = state.groups[role];
  const positions = owners.map((owner, partition) =>
    owner === instance ? (committed[partition] ?? 0) : null,
  );
  return withInstance(rest, instance, {
    batches: { ...holder.batches, [role]: null },
    positions: { ...holder.positions, [role]: positions },
  });
}

/** A statement of the lane's transaction was refused, e.g. by its lock timeout. */
export function refused(context: Context, state: State, lane: Lane): State {
  const protocol = context.protocolOf(lane.instance);
  if (protocol.afterRefusedStatement === "throw") return dropped(state, lane);
  const commit = programOf(context, state, lane).indexOf("commit", lane.pc);
  const transaction = { ...extended(lane.transaction, []), changes: [], isFailed: true };
  return goOn(context, state, { ...lane, pc: Math.max(commit, lane.pc), transaction });
}
