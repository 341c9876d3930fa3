import { canBeRefused, crash, expire, lose, rebalance, refuse } from "./faults.ts";
import { fetch, goOn, isBlocked } from "./lanes.ts";
import { serve, serveCall } from "./servers.ts";
import { captureFor, captureOn, lease, purge, relayOn, rowsFor, takeRows } from "./workers.ts";
import { endOf, isConsumer, nameOf, type Context, type FaultKind } from "./world.ts";
import type { Consumer, Lane, Role, State } from "./state.ts";

/** One step of the world. */
export type Action =
  | {
      readonly kind: "fetch";
      readonly role: Consumer;
      readonly instance: number;
      readonly partition: number;
    }
  | { readonly kind: "go"; readonly lane: string }
  | { readonly kind: "serve"; readonly lane: string }
  | { readonly kind: "take"; readonly instance: number }
  | { readonly kind: "lease"; readonly instance: number }
  | { readonly kind: "apply-late" }
  | { readonly kind: "purge"; readonly key: string }
  | { readonly kind: "crash"; readonly instance: number }
  | { readonly kind: "lose"; readonly lane: string; readonly isLate: boolean }
  | { readonly kind: "refuse"; readonly lane: string }
  | { readonly kind: "expire"; readonly lane: string }
  | {
      readonly kind: "rebalance";
      readonly role: Consumer;
      readonly partition: number;
      readonly to: number;
    };

/** Everything that may happen next for these roles, faults apart. */
export function stepsOf(context: Context, state: State, roles: readonly Role[]): readonly Action[] {
  const lanes = state.lanes.filter(({ role }) => roles.includes(role));
  return [
    ...lanes.flatMap((lane) => laneSteps(context, state, lane)),
    ...state.instances.flatMap(({ isAlive }, instance) =>
      isAlive ? roles.flatMap((role) => beginnings(context, state, { instance, role })) : [],
    ),
    ...(roles.includes("capture") && state.api.late.length > 0
      ? [{ kind: "apply-late" } as const]
      : []),
    ...(roles.includes("payments") ? purges(context, state) : []),
  ];
}

function laneSteps(context: Context, state: State, lane: Lane): readonly Action[] {
  const { id, pending } = lane;
  if (pending !== null && !pending.isDone) return [{ kind: "serve", lane: id }];
  if (pending === null && isBlocked(context, state, lane)) return [];
  return [{ kind: "go", lane: id }];
}

/** New pieces of work an idle thread of an instance may take up. */
function beginnings(
  context: Context,
  state: State,
  { instance, role }: { readonly instance: number; readonly role: Role },
): readonly Action[] {
  const holder = state.instances[instance];
  if (holder === undefined) return [];
  if (isConsumer(role)) {
    if (holder.batches[role] !== null) return [];
    return holder.positions[role].flatMap((position, partition): readonly Action[] =>
      position !== null && position < endOf(context, state, role, partition)
        ? [{ kind: "fetch", role, instance, partition }]
        : [],
    );
  }
  const isIdle = !state.lanes.some((lane) => lane.instance === instance && lane.role === role);
  if (!isIdle) return [];
  if (role === "relay") {
    return rowsFor(context, state, instance).length > 0 ? [{ kind: "take", instance }] : [];
  }
  return captureFor(state) === null ? [] : [{ kind: "lease", instance }];
}

function purges(context: Context, state: State): readonly Action[] {
  if (context.protocolOf(0).retention !== "none") return [];
  return Object.keys(state.database.dedup).map((key) => ({ kind: "purge", key }));
}

/** Every fault that could happen now to what is explored. */
export function faultsOf(context: Context, state: State): readonly Action[] {
  const { faults, explored } = context.world;
  const lanes = state.lanes.filter(({ role }) => explored.includes(role));
  return [
    ...state.instances.flatMap(({ isAlive }, instance): readonly Action[] =>
      isAlive && faults.includes("crash") ? [{ kind: "crash", instance }] : [],
    ),
    ...lanes.flatMap((lane) => laneFaults(context, state, lane)),
    ...(faults.includes("rebalance")
      ? explored.filter(isConsumer).flatMap((role) => rebalances(state, role))
      : []),
  ];
}

function laneFaults(context: Context, state: State, lane: Lane): readonly Action[] {
  const { id, pending } = lane;
  const has = (fault: FaultKind): boolean => context.world.faults.includes(fault);
  const actions: Action[] = [];
  if (pending !== null && has(pending.isDone ? "lost-answer" : "lost-request"))
    actions.push({ kind: "lose", lane: id, isLate: false });
  if (pending?.kind === "call" && !pending.isDone && lane.role === "capture" && has("late-call"))
    actions.push({ kind: "lose", lane: id, isLate: true });
  if (has("refused-statement") && canBeRefused(context, state, lane))
    actions.push({ kind: "refuse", lane: id });
  if (lane.capture !== null && !lane.isOverdue && has("expired-lease"))
    actions.push({ kind: "expire", lane: id });
  return actions;
}

function rebalances(state: State, role: Consumer): readonly Action[] {
  const { owners } = state.groups[role];
  return owners.flatMap((owner, partition) =>
    state.instances.flatMap(({ isAlive }, to): readonly Action[] =>
      isAlive && to !== owner ? [{ kind: "rebalance", role, partition, to }] : [],
    ),
  );
}

const FAULTS: ReadonlySet<Action["kind"]> = new Set([
  "crash",
  "lose",
  "refuse",
  "expire",
  "rebalance",
]);
export const isFault = ({ kind }: Action): boolean => FAULTS.has(kind);

/** The world after an action. Pure, but for the facts that go to the context's sink. */
export function apply(context: Context, state: State, action: Action): State {
  const next = changed(context, state, action);
  return isFault(action) ? { ...next, faults: state.faults + 1 } : next;
}

function changed(context: Context, state: State, action: Action): State {
  switch (action.kind) {
    case "fetch":
      return fetch(context, state, action);
    case "go":
      return withLaneOf(state, action.lane, (lane) => go(context, state, lane));
    case "serve":
      return withLaneOf(state, action.lane, (lane) => serve(context, state, lane));
    case "take":
      return takeRows(context, state, action.instance);
    case "lease": {
      const capture = captureFor(state);
      return capture === null ? state : lease(context, state, { ...action, capture });
    }
    case "apply-late": {
      const [request, ...late] = state.api.late;
      if (request === undefined) return state;
      return serveCall(context, { ...state, api: { ...state.api, late } }, request);
    }
    case "purge":
      return purge(state, action.key);
    case "crash":
      return crash(context, state, action.instance);
    case "lose":
      return withLaneOf(state, action.lane, (lane) => lose(context, state, { ...action, lane }));
    case "refuse":
      return withLaneOf(state, action.lane, (lane) => refuse(context, state, lane));
    case "expire":
      return withLaneOf(state, action.lane, (lane) => expire(context, state, lane));
    case "rebalance":
      return rebalance(context, state, action);
  }
}

function go(context: Context, state: State, lane: Lane): State {
  switch (lane.role) {
    case "payments":
    case "settlements":
      return goOn(context, state, lane);
    case "relay":
      return relayOn(context, state, lane);
    case "capture":
      return captureOn(context, state, lane);
  }
}

function withLaneOf(state: State, id: string, change: (lane: Lane) => State): State {
  const lane = state.lanes.find((candidate) => candidate.id === id);
  return lane === undefined ? state : change(lane);
}

/** An action in words, for a schedule. */
export function textOf(action: Action): string {
  switch (action.kind) {
    case "fetch":
      return `${nameOf(action.instance)} fetches ${action.role} partition ${action.partition}`;
    case "go":
      return `${action.lane} goes on`;
    case "serve":
      return `${action.lane} is served`;
    case "take":
      return `${nameOf(action.instance)} takes outbox rows`;
    case "lease":
      return `${nameOf(action.instance)} leases a capture`;
    case "apply-late":
      return "the API applies a late call";
    case "purge":
      return `dedup row ${action.key} is purged`;
    case "crash":
      return `${nameOf(action.instance)} is killed`;
    case "lose":
      return `${action.lane}: ${action.isLate ? "its call comes late" : "its request or answer is lost"}`;
    case "refuse":
      return `${action.lane}: a statement is refused`;
    case "expire":
      return `${action.lane}: its lease runs out`;
    case "rebalance":
      return `${action.role} partition ${action.partition} moves to ${nameOf(action.to)}`;
  }
}
