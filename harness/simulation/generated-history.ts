import { appended } from "../checker/mutation-tools.ts";
import type { EventBody, HistoryEvent } from "../model/history.ts";
import { apply, faultsOf, stepsOf, type Action } from "./actions.ts";
import { epilogue } from "./explore.ts";
import { carefulProtocol } from "./protocol.ts";
import { Recorder } from "./run-history.ts";
import { ROLES, type State } from "./state.ts";
import {
  initialState,
  type Context,
  type FaultKind,
  type InputRecord,
  type World,
} from "./world.ts";

/** What the nth record is, seen from the one before it. */
export const RECORD_KINDS = ["plain", "same-key", "operation", "copy", "poison"] as const;

/** A valid history as data: the same recipe always makes the same history. */
export interface Recipe {
  readonly instances: number;
  readonly partitions: number;
  readonly records: readonly RecordRecipe[];
  readonly faultsMax: number;
  /** Which of the things that may happen next does; when they run out, the first one does. */
  readonly choices: readonly number[];
  /** Intents (by index) whose producer was not told where they are. */
  readonly unanswered: readonly number[];
  /** Intents that never reached the log, and whose producer knows nothing of them. */
  readonly neverStored: number;
}

export interface RecordRecipe {
  readonly kind: (typeof RECORD_KINDS)[number];
  readonly partition: number;
  readonly account: number;
}

const EVERY_FAULT: readonly FaultKind[] = [
  "crash",
  "lost-request",
  "lost-answer",
  "late-call",
  "refused-statement",
  "rebalance",
  "expired-lease",
];

/** One of so many choices is a fault, as long as the recipe allows one. */
const FAULT_IN = 6;

/**
 * What a careful service leaves behind on one way through a world that is too large to be explored:
 * redeliveries, unknown outcomes, moved partitions, zombies and dead letters, and still every event once.
 */
export function generatedHistory(recipe: Recipe): readonly HistoryEvent[] {
  const world = worldOf(recipe);
  const quiet: Context = { world, protocolOf: () => carefulProtocol, sink: { emit: () => {} } };
  const recorder = new Recorder(quiet, null);
  const context: Context = { ...quiet, sink: recorder };
  const walked = recipe.choices.reduce(
    (state, choice) => walkOn(context, state, choice),
    initialState(world),
  );
  const events = recorder.finished(context, epilogue(context, walked));
  return withUnanswered(withMetrics(events), recipe);
}

function walkOn(context: Context, state: State, choice: number): State {
  const steps = stepsOf(context, state, ROLES);
  if (steps.length === 0) return state;
  const faults = state.faults < context.world.faultsMax ? faultsOf(context, state) : [];
  const isFault = faults.length > 0 && choice % FAULT_IN === FAULT_IN - 1;
  const action = pick(isFault ? faults : steps, Math.floor(choice / FAULT_IN));
  return action === null ? state : apply(context, state, action);
}

function pick(actions: readonly Action[], choice: number): Action | null {
  return actions[choice % actions.length] ?? null;
}

function worldOf({ instances, partitions, records, faultsMax }: Recipe): World {
  const title = "a world of many";
  const small = { id: "generated", title, instances, partitions, faultsMax, before: [] };
  return {
    ...small,
    records: recordsOf(records, partitions),
    explored: ROLES,
    faults: EVERY_FAULT,
  };
}

/** A record that takes after the one before it stands behind it in its partition. */
function recordsOf(recipes: readonly RecordRecipe[], partitions: number): readonly InputRecord[] {
  const records: InputRecord[] = [];
  for (const [index, recipe] of recipes.entries()) {
    const last = records.findLast(({ isPoison }) => !isPoison);
    const kind = last === undefined ? "plain" : recipe.kind;
    const takesAfter = last !== undefined && kind !== "plain" && kind !== "poison";
    const partition = takesAfter ? last.partition : recipe.partition % partitions;
    const offset = records.filter((other) => other.partition === partition).length;
    const fresh: InputRecord = {
      eventId: `evt-${index}`,
      key: `pay-${index}`,
      operation: "payment",
      account: `acc-${recipe.account}`,
      amount: 100 + index,
      partition,
      offset,
      isPoison: kind === "poison",
      isCopy: false,
    };
    records.push(last === undefined ? fresh : { ...fresh, ...inherited(kind, last, index) });
  }
  return records;
}

function inherited(
  kind: RecordRecipe["kind"],
  last: InputRecord,
  index: number,
): Partial<InputRecord> {
  const { eventId, key, account, operation, amount } = last;
  switch (kind) {
    case "plain":
    case "poison":
      return {};
    case "same-key":
      return { key, account };
    case "operation":
      return { eventId, operation: `fee-${index}`, account };
    case "copy":
      return { eventId, key, account, operation, amount, isCopy: true };
  }
}

/** The subject's own counters, truthful, for every instance that was never killed; none, none said. */
function withMetrics(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const gone = new Set(
    events.flatMap((e) => (e.stream === "process" && e.kind === "exited" ? [e.instance] : [])),
  );
  const alive = new Set(
    events.flatMap((e) =>
      e.stream === "process" && e.kind === "spawned" && !gone.has(e.instance) ? [e.instance] : [],
    ),
  );
  const timed = events.map((event) =>
    event.stream === "header" ? { ...event, guarantees: [...event.guarantees, ...TIMED] } : event,
  );
  if (alive.size === 0) return timed;
  const metrics = { path: "/metrics", effects: [{ series: "effects_total", effect: "ledger" }] };
  const told = timed.map((event) => (event.stream === "header" ? { ...event, metrics } : event));
  const scraped = [...alive].map((instance): EventBody => {
    const value = events.filter(
      (e) => e.stream === "effect" && e.table === "ledger_entries" && e.instance === instance,
    ).length;
    return { stream: "metric", instance, name: "effects_total", labels: {}, value };
  });
  return appended(told, stampedFor(told, scraped));
}

const TIMED = ["metrics-tell-the-truth", "recovers-within"] as const;

function withUnanswered(
  events: readonly HistoryEvent[],
  { unanswered, neverStored }: Recipe,
): readonly HistoryEvent[] {
  let index = -1;
  const asked = events.map((event) => {
    if (event.stream !== "intent") return event;
    index += 1;
    return unanswered.includes(index) ? { ...event, position: "unknown" as const } : event;
  });
  const intent = events.find((event) => event.stream === "intent");
  if (intent === undefined) return asked;
  const lost = Array.from({ length: neverStored }, (_, n): EventBody => {
    const name = { eventId: `evt-lost-${n}`, key: `pay-lost-${n}` };
    return { ...intent, ...name, position: "unknown", isPoison: false, isCopy: false };
  });
  return appended(asked, stampedFor(asked, lost));
}

function stampedFor(
  events: readonly HistoryEvent[],
  bodies: readonly EventBody[],
): readonly HistoryEvent[] {
  const { scenario = "generated" } = events[0] ?? {};
  return bodies.map((body) => ({ ...body, seq: 0, atMs: 0, scenario }));
}
