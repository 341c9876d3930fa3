import { unavailable } from "../faults/index.ts";
import { boundariesFor, MANUAL, protocolOf } from "../model/boundary.ts";
import { SESSION_TIMEOUT_MS, type GamedayConfig } from "../model/config.ts";
import { HarnessError } from "../model/errors.ts";
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

/** HarnessError("usage") with the reason when this stack cannot carry a fault out. */
export function checkAvailable(scenario: Scenario, stack: StackAbilities): void {
  for (const spec of scenario.faults) {
    const reason = unavailable(spec, stack);
    if (reason !== null) {
      throw new HarnessError(
        "usage",
        `${scenario.id}: fault ${spec.id} (${spec.fault}) is not available: ${reason}.`,
      );
    }
  }
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
  if (exercise.of !== undefined && !ids.includes(exercise.of)) {
    return `exercise.of names fault "${exercise.of}". ${suggest(exercise.of, ids)}`;
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

interface Around {
  readonly scenario: Scenario;
  readonly config: GamedayConfig;
  readonly earlier: readonly FaultSpec[];
}

function faultProblem(spec: FaultSpec, around: Around): string | null {
  const problem = triggerProblem(spec.at, around);
  if (problem !== null) return problem;
  if ("until" in spec && typeof spec.until === "object") {
    const untilProblem = triggerProblem(spec.until, around);
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

function triggerProblem(trigger: Trigger, { scenario, config, earlier }: Around): string | null {
  const apis = config.effects.flatMap((effect) => (effect.kind === "call" ? [effect.api] : []));
  const known = boundariesFor(apis);
  if (!known.includes(trigger.boundary)) {
    return `unknown boundary "${trigger.boundary}". ${suggest(trigger.boundary, known)}`;
  }
  const { intent, instance, victimOf } = trigger.match ?? {};
  if (intent !== undefined && intent > scenario.workload.events) {
    return `it waits for intent ${intent}, but the workload has only ${scenario.workload.events}.`;
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
