import type { EventBody } from "../model/history.ts";
import { dropped, nextOf, refused } from "./lanes.ts";
import { captureUnknown } from "./workers.ts";
import { isConsumer, nameOf, topicOf, type Context, type FaultKind } from "./world.ts";
import {
  withInstance,
  withLane,
  withoutLanes,
  withGroup,
  type Consumer,
  type Lane,
  type State,
} from "./state.ts";

const CONSUMERS = ["payments", "settlements"] as const;

/** A process dies: what it had asked and no server has done by then is lost (or was done before). */
export function crash(context: Context, state: State, instance: number): State {
  fired(context, { fault: "crash", instance, detail: `${nameOf(instance)} is killed` });
  context.sink.emit(() => processBody(state, instance, "exited"));
  const other = state.instances.findIndex(({ isAlive }, index) => isAlive && index !== instance);
  const heir = other === -1 ? instance : other;
  const gone = withInstance(
    withoutLanes(state, (lane) => lane.instance === instance),
    instance,
    {
      isAlive: heir === instance,
      incarnation: (state.instances[instance]?.incarnation ?? 0) + (heir === instance ? 1 : 0),
      positions: {
        payments: state.groups.payments.owners.map(() => null),
        settlements: state.groups.settlements.owners.map(() => null),
      },
      batches: { payments: null, settlements: null },
    },
  );
  if (heir === instance) context.sink.emit(() => processBody(gone, instance, "spawned"));
  return CONSUMERS.reduce(
    (before, role) =>
      state.groups[role].owners.reduce(
        (then, owner, partition) =>
          owner === instance ? moved(context, then, { role, partition, to: heir }) : then,
        before,
      ),
    gone,
  );
}

/** A partition moves while its owner goes on with what it has in hand. */
export function rebalance(
  context: Context,
  state: State,
  move: { readonly role: Consumer; readonly partition: number; readonly to: number },
): State {
  const { role, partition, to } = move;
  const owner = state.groups[role].owners[partition] ?? 0;
  const detail = `${topicOf(role)}[${partition}] moves to ${nameOf(to)}; ${nameOf(owner)} goes on`;
  fired(context, { fault: "rebalance", instance: owner, detail });
  const next = moved(context, state, move);
  const isBusy = next.instances[owner]?.batches[role]?.partition === partition;
  if (isBusy) return next;
  // Nothing in hand: it learns at its next heartbeat, and has done nothing meanwhile.
  const positions = next.instances[owner]?.positions;
  if (positions === undefined) return next;
  return withInstance(next, owner, {
    positions: { ...positions, [role]: positions[role].with(partition, null) },
  });
}

function moved(
  context: Context,
  state: State,
  {
    role,
    partition,
    to,
  }: { readonly role: Consumer; readonly partition: number; readonly to: number },
): State {
  const { owners, generations, committed } = state.groups[role];
  const generation = (generations[partition] ?? 0) + 1;
  const next = withGroup(state, role, {
    owners: owners.with(partition, to),
    generations: generations.with(partition, generation),
  });
  context.sink.emit(() => assignedBody(next, role, to));
  const positions = next.instances[to]?.positions;
  // Who still has the partition's records in hand joins again when it is done with them.
  const isBusy = next.instances[to]?.batches[role]?.partition === partition;
  if (positions === undefined || isBusy) return next;
  const read = positions[role].with(partition, committed[partition] ?? 0);
  return withInstance(next, to, { positions: { ...positions, [role]: read } });
}

/** A request or its answer is lost; the one who asked is told so, or waits in vain. */
export function lose(
  context: Context,
  state: State,
  { lane, isLate }: { readonly lane: Lane; readonly isLate: boolean },
): State {
  const { pending, instance } = lane;
  if (pending === null) return state;
  const what = { commit: "COMMIT", offset: "offset commit", publish: "produce", call: "call" }[
    pending.kind
  ];
  const part = pending.isDone ? "answer to its" : isLate ? "late" : "lost";
  const fault = isLate ? "late-call" : pending.isDone ? "lost-answer" : "lost-request";
  fired(context, { fault, instance, detail: `${nameOf(instance)}: ${part} ${what}` });
  const late =
    pending.kind === "call" && isLate ? [...state.api.late, pending.request] : state.api.late;
  const next = { ...state, api: { ...state.api, late } };
  if (lane.role === "capture") return captureUnknown(context, next, lane);
  return dropped(next, lane);
}

/** A statement of an open transaction is refused. */
export function refuse(context: Context, state: State, lane: Lane): State {
  const { instance } = lane;
  const detail = `${nameOf(instance)}: a statement is refused`;
  fired(context, { fault: "refused-statement", instance, detail });
  return refused(context, state, lane);
}

/** A lease runs out under a worker that goes on: somebody else may take the capture. */
export function expire(context: Context, state: State, lane: Lane): State {
  const { instance } = lane;
  const detail = `${nameOf(instance)}: its lease runs out, and it goes on`;
  fired(context, { fault: "expired-lease", instance, detail });
  return withLane(state, { ...lane, isOverdue: true });
}

function fired(
  context: Context,
  {
    fault,
    instance,
    detail,
  }: { readonly fault: FaultKind; readonly instance: number; readonly detail: string },
): void {
  const body = {
    stream: "fault",
    faultId: fault,
    instance: nameOf(instance),
    frame: null,
    detail,
  } as const;
  context.sink.emit(() => ({ ...body, moment: "fired" }));
}

/** A process as its supervisor sees it. */
export function processBody(state: State, instance: number, kind: "spawned" | "exited"): EventBody {
  const incarnation = state.instances[instance]?.incarnation ?? 1;
  const pid = 100 * (instance + 1) + incarnation;
  const signal = kind === "exited" ? "SIGKILL" : null;
  return {
    stream: "process",
    instance: nameOf(instance),
    kind,
    pid,
    incarnation,
    signal,
    code: null,
    planned: true,
  };
}

/** All that an instance owns of a topic from now on. */
export function assignedBody(state: State, role: Consumer, instance: number): EventBody {
  const partitions = state.groups[role].owners.flatMap((owner, partition) =>
    owner === instance ? [{ topic: topicOf(role), partition }] : [],
  );
  return {
    stream: "membership",
    instance: nameOf(instance),
    kind: "assigned",
    memberId: `${role}-${nameOf(instance)}`,
    eviction: null,
    partitions,
  };
}

const STATEMENTS: readonly string[] = ["mark", "look", "claim", "post", "settle", "dead-letter"];

/** Whether a lane's next step is a statement of a consumer's transaction. */
export function canBeRefused(context: Context, state: State, lane: Lane): boolean {
  if (!isConsumer(lane.role) || lane.pending !== null) return false;
  return STATEMENTS.includes(nextOf(context, state, lane)?.instruction ?? "");
}
