import { unavailable } from "../faults/index.ts";
import { boundariesFor, MANUAL, protocolOf } from "../model/boundary.ts";
import { SESSION_TIMEOUT_MS, type GamedayConfig } from "../model/config.ts";
import { HarnessError } from "../model/errors.ts";
import type { NotRun } from "../model/result.ts";
import type { Eviction, Exercise } from "../model/run-header.ts";
import { poisonedIn, type FaultSpec, type Scenario, type Trigger } from "../model/scenario.ts";
import type { StackAbilities } from "../ports/fault.ts";
import { suggest } from "./suggest.ts";

/** Contradictions that a shape cannot show. HarnessError("usage") names the file and the fix. */
export function checkSense(
  scenario: Scenario,
  means: { readonly file: string; readonly config: GamedayConfig },
): void {
  const problem = firstProblem(scenario, means.config);
  if (problem !== null) throw new HarnessError("usage", `${means.file}: ${problem}`);
}

/** The same scenario with what the command line overrides, checked again. */
export function withEviction(
  scenario: Scenario,
  eviction: Eviction | null,
  config: GamedayConfig,
): Scenario {
  if (eviction === null) return scenario;
  const changed = { ...scenario, eviction };
  checkSense(changed, { file: `${scenario.id} with --eviction ${eviction}`, config });
  return changed;
}

/**
 * What of a selection this stack can rehearse. What was named must be, or it is HarnessError("usage");
 * the rest of a catalogue is left out, with the reason.
 */
export function splitAvailable(
  scenarios: readonly Scenario[],
  stack: StackAbilities,
  { isNamed }: { readonly isNamed: boolean },
): { readonly available: readonly Scenario[]; readonly leftOut: readonly NotRun[] } {
  const leftOut = scenarios.flatMap((scenario) => {
    const reason = unavailableIn(scenario, stack);
    return reason === null ? [] : [{ id: scenario.id, reason }];
  });
  const available = scenarios.filter(({ id }) => leftOut.every((left) => left.id !== id));
  const [first] = leftOut;
  if (first !== undefined && (isNamed || available.length === 0)) {
    throw new HarnessError("usage", `${first.id}: ${first.reason}.`);
  }
  return { available, leftOut };
}

function unavailableIn({ faults }: Scenario, stack: StackAbilities): string | null {
  const reasons = faults.flatMap((spec) => {
    const reason = unavailable(spec, stack);
    return reason === null ? [] : [`fault ${spec.id} (${spec.fault}) is not available: ${reason}`];
  });
  return reasons[0] ?? null;
}

function firstProblem(scenario: Scenario, config: GamedayConfig): string | null {
  const { workload, exercise, limits, faults } = scenario;
  const poison = poisonedIn(workload);
  if (exercise.eventsMin > workload.events - poison.length) {
    return `eventsMin is ${exercise.eventsMin}, but the workload has only ${workload.events - poison.length} events that can take effect. Lower one or raise the other.`;
  }
  const copied = workload.copies?.find((intent) => intent > workload.events);
  if (copied !== undefined) return `copies names intent ${copied} of ${workload.events}.`;
  const beyond = poison.find(({ at }) => at > workload.events);
  if (beyond !== undefined) return `poison names intent ${beyond.at} of ${workload.events}.`;
  if (scenario.eviction === "session-timeout" && limits.recoveryMsMax < SESSION_TIMEOUT_MS) {
    return `recoveryMsMax is ${limits.recoveryMsMax} ms, but a dead consumer is evicted only after its session timeout of ${SESSION_TIMEOUT_MS} ms. Allow more, or use eviction "harness-leave-group".`;
  }
  const ids = faults.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) return `two faults are called ${twice}. Give each its own id.`;
  const promise = promiseProblem(exercise, ids) ?? purgeProblem(exercise, config);
  if (promise !== null) return promise;
  const secret = config.secrets?.env?.find((name) => scenario.subject?.env[name] !== undefined);
  if (secret !== undefined) {
    return `subject.env names ${secret}, which is a secret: the history says what a scenario tells. Leave it to the configuration.`;
  }
  for (const { intent, until } of workload.holds ?? []) {
    if (intent > workload.events) return `a hold names intent ${intent} of ${workload.events}.`;
    if (!ids.includes(until.fault)) {
      return `a hold waits for fault "${until.fault}". ${suggest(until.fault, ids)}`;
    }
  }
  for (const [index, spec] of faults.entries()) {
    const problem = faultProblem(spec, { scenario, config, earlier: faults.slice(0, index) });
    if (problem !== null) return `fault ${spec.id}: ${problem}`;
  }
  return null;
}

function promiseProblem(
  { of, redelivery, zombie, since }: Exercise,
  ids: readonly string[],
): string | null {
  if (of !== undefined && !ids.includes(of)) {
    return `exercise.of names fault "${of}". ${suggest(of, ids)}`;
  }
  if (since !== undefined && !ids.includes(since)) {
    return `exercise.since names fault "${since}". ${suggest(since, ids)}`;
  }
  // Copies come from the workload; everything else comes again because of a fault.
  if (ids.length === 0 && redelivery !== "none" && redelivery !== "copy") {
    return `it promises redelivery "${redelivery}", but has no fault that could make it happen. Add one, or promise "none".`;
  }
  if (ids.length === 0 && zombie === true) {
    return `it promises a zombie, but has no fault that could make one.`;
  }
  return null;
}

function purgeProblem({ of, purged }: Exercise, config: GamedayConfig): string | null {
  if (purged !== true) return null;
  if (of === undefined) {
    return `it promises purged dedup rows, but not before which fault. Name it in exercise.of.`;
  }
  return config.database.dedup === undefined
    ? "it promises purged dedup rows, but the configuration declares none: say where they live in database.dedup."
    : null;
}

interface Around {
  readonly scenario: Scenario;
  readonly config: GamedayConfig;
  readonly earlier: readonly FaultSpec[];
}

function faultProblem(spec: FaultSpec, around: Around): string | null {
  const problem = triggerProblem(spec.at, around);
  if (problem !== null) return problem;
  if ("until" in spec && typeof spec.until === "object") {
    const untilProblem = untilTriggerProblem(spec.until, around);
    if (untilProblem !== null) return `until: ${untilProblem}`;
  }
  const clash = around.earlier.find(
    (other) => JSON.stringify(other.at) === JSON.stringify(spec.at),
  );
  if (clash !== undefined) {
    return `it waits for the same frame as ${clash.id}; only one of them could have it. Add nth, or after.`;
  }
  if (spec.fault === "partition-brokers" && around.scenario.brokers !== 3) {
    return "a single broker has no peers to be cut off from: say brokers: 3.";
  }
  return fateProblem(spec);
}

function fateProblem({ at, heldFrame, fault }: FaultSpec): string | null {
  const isRequest = at.boundary.startsWith("http.") && at.boundary.endsWith(".requested");
  if (heldFrame !== "drop" && heldFrame !== "release" && !isRequest) {
    return `heldFrame "${heldFrame}" is only for http.*.requested, not ${at.boundary}.`;
  }
  const isFact = protocolOf(at.boundary) === "process" || at.boundary === MANUAL;
  if (heldFrame === "drop" && (isFact || isTold(at))) {
    return `${at.boundary} holds no frame, so there is none to drop: use heldFrame "release".`;
  }
  if (fault === "intercept" && (isFact || isTold(at))) {
    return `${at.boundary} holds no frame, so there is nothing to intercept.`;
  }
  return null;
}

function isTold({ boundary }: Trigger): boolean {
  return boundary.endsWith(".acknowledged");
}

/** Boundaries that leave no event of their own where nothing is held: seen only by a trigger. */
function isUnrecorded(boundary: Trigger["boundary"]): boolean {
  return (
    boundary === MANUAL ||
    boundary.startsWith("kafka.fetch.") ||
    boundary.startsWith("postgres.begin.") ||
    boundary.startsWith("postgres.statement.")
  );
}

function untilTriggerProblem(trigger: Trigger, around: Around): string | null {
  const { boundary, match, after } = trigger;
  // A frame that a fault holds is recorded, whatever it is.
  const isHeld = around.scenario.faults.some(({ at }) => at.boundary === boundary);
  if (isUnrecorded(boundary) && !isHeld) {
    return `${boundary} leaves no event to wait for. Use postgres.commit.*, kafka.offset-commit.*, kafka.produce.*, http.* or process.*.`;
  }
  if (match?.nth !== undefined || match?.victimOf !== undefined || after !== undefined) {
    return "nth, victimOf and after are for the trigger of a fault: the end is the first such moment after it fired.";
  }
  return triggerProblem(trigger, around);
}

/** Boundaries that are about no record: nothing there names an intent. */
function isNameless(boundary: Trigger["boundary"]): boolean {
  return protocolOf(boundary) === "process" || boundary === "kafka.fetch.requested";
}

function triggerProblem(trigger: Trigger, { scenario, config, earlier }: Around): string | null {
  const apis = config.effects.flatMap((effect) => (effect.kind === "call" ? [effect.api] : []));
  const known = boundariesFor(apis);
  if (!known.includes(trigger.boundary)) {
    return `unknown boundary "${trigger.boundary}". ${suggest(trigger.boundary, known)}`;
  }
  const { intent, instance, victimOf, changes, command } = trigger.match ?? {};
  if (command !== undefined && trigger.boundary !== "postgres.statement.applied") {
    return `which command was answered (${command}) is only known at postgres.statement.applied.`;
  }
  if (changes !== undefined && trigger.boundary !== "postgres.statement.applied") {
    return `the rows that ${changes} changed are only known at postgres.statement.applied.`;
  }
  if (intent !== undefined && intent > scenario.workload.events) {
    return `it waits for intent ${intent}, but the workload has only ${scenario.workload.events}.`;
  }
  if (intent !== undefined && isNameless(trigger.boundary)) {
    return `${trigger.boundary} names no record, so it never meets intent ${intent}. Leave match.intent out, or choose another boundary.`;
  }
  const roles = Array.from({ length: scenario.instances }, (_, i) => `consumer-${i + 1}`);
  if (instance !== undefined && !roles.includes(instance)) {
    return `it waits for ${instance}. ${suggest(instance, roles)}`;
  }
  const names = earlier.map(({ id }) => id);
  for (const name of [victimOf, trigger.after?.fault]) {
    if (name !== undefined && !names.includes(name)) {
      return `it waits for fault "${name}", which is not declared before it. ${suggest(name, names)}`;
    }
  }
  return null;
}
