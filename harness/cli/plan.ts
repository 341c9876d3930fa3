import type { GamedayConfig } from "../model/config.ts";
import { hasRedeploy, type FaultSpec, type Scenario, type Until } from "../model/scenario.ts";
import { keyOfTrigger, triggerText } from "../runner/header.ts";
import { planPayments } from "../workload/payments.ts";
import { seededRandom } from "../workload/random.ts";

/** One fault as it is scheduled. */
export interface PlannedStep {
  readonly fault: string;
  readonly kind: string;
  readonly when: string;
  readonly heldFrame: string;
  readonly until: string | null;
}

/** What a run of one scenario would do. */
export interface Plan {
  readonly id: string;
  readonly title: string;
  readonly hypothesis: string;
  readonly seed: number;
  readonly instances: readonly string[];
  /** What the scenario tells the subject itself. */
  readonly subjectEnv: Readonly<Record<string, string>>;
  readonly topics: Readonly<Record<string, number>>;
  readonly events: number;
  readonly poison: readonly string[];
  readonly eviction: string;
  readonly variant: string;
  readonly faults: readonly PlannedStep[];
  readonly expects: string;
  /** True when dedup rows must have been deleted before. */
  readonly purged: boolean;
  readonly recoveryMsMax: number;
  readonly guarantees: readonly string[];
  readonly runbook: string;
}

/** Resolves a scenario with its seed: the names and keys a run with this seed would use. Pure. */
export function planOf(
  scenario: Scenario,
  means: { readonly config: GamedayConfig; readonly seed: number },
): Plan {
  const { config, seed } = means;
  const intents = planPayments(scenario.workload, seededRandom(seed));
  const untilText = (until: Until): string =>
    typeof until === "string" ? until : triggerText(until, keyOfTrigger(until, intents));
  const step = (spec: FaultSpec): PlannedStep => ({
    fault: spec.id,
    kind: spec.fault,
    when: triggerText(spec.at, keyOfTrigger(spec.at, intents)),
    heldFrame: spec.heldFrame,
    until: "until" in spec && spec.until !== undefined ? untilText(spec.until) : null,
  });
  return {
    id: scenario.id,
    title: scenario.title,
    hypothesis: scenario.hypothesis,
    seed,
    instances: Array.from({ length: scenario.instances }, (_, i) => `consumer-${i + 1}`),
    subjectEnv: scenario.subject?.env ?? {},
    topics: Object.fromEntries(
      [config.input, ...config.outputs].map(({ topic, partitions }) => [topic, partitions]),
    ),
    events: intents.length,
    poison: intents.flatMap(({ isPoison, key }) => (isPoison ? [key] : [])),
    eviction: scenario.eviction ?? "harness-leave-group",
    variant: hasRedeploy(scenario) ? "the version deployed next" : "every instance",
    faults: scenario.faults.map(step),
    expects: scenario.exercise.redelivery,
    purged: scenario.exercise.purged === true,
    recoveryMsMax: scenario.limits.recoveryMsMax,
    guarantees: scenario.guarantees,
    runbook: scenario.runbook,
  };
}

/** Two lines of the catalogue: what it rehearses; where it strikes and what must come of it. */
export function renderList(scenario: Scenario): readonly string[] {
  const { id, title, faults, exercise, tags, eviction } = scenario;
  const places = new Set(faults.map(({ fault, at }) => `${fault} at ${at.boundary}`));
  const parts = [
    faults.length === 0 ? "control, no fault" : [...places].join(", then "),
    ...(exercise.redelivery === "none" ? [] : [`again: ${exercise.redelivery}`]),
    ...(eviction === "session-timeout" ? ["true session timeout"] : []),
    `tags: ${tags.join(", ")}`,
  ];
  return [`${id.padEnd(42)} ${title}`, `    ${parts.join("; ")}`];
}

/** The plan for people. */
export function renderPlan(plan: Plan): readonly string[] {
  const told = Object.entries(plan.subjectEnv).map(([name, value]) => `${name}=${value}`);
  const topics = Object.entries(plan.topics).map(([name, count]) => `${name} (${count})`);
  return [
    `${plan.id}: ${plan.title}`,
    `  hypothesis   ${plan.hypothesis}`,
    `  seed         ${plan.seed}`,
    `  instances    ${plan.instances.join(", ")}; a variant is ${plan.variant}`,
    ...(told.length === 0 ? [] : [`  subject      ${told.join(", ")}`]),
    `  topics       ${topics.join(", ")}`,
    `  workload     ${plan.events} events${plan.poison.length === 0 ? "" : `, poisoned: ${plan.poison.join(", ")}`}`,
    `  eviction     ${plan.eviction}`,
    ...(plan.faults.length === 0 ? ["  faults       none: a control"] : []),
    ...plan.faults.flatMap(({ fault, kind, when, heldFrame, until }, index) => [
      `  fault ${index + 1}      ${fault}: ${kind}`,
      `               at ${when}`,
      `               held frame: ${heldFrame}${until === null ? "" : `; until ${until}`}`,
    ]),
    `  must happen  ${plan.expects === "none" ? "the faults above" : `the faults above, and again: ${plan.expects}`}${plan.purged ? "; dedup rows deleted before" : ""}`,
    `  recovery     within ${plan.recoveryMsMax} ms`,
    `  guarantees   ${plan.guarantees.join(", ")}`,
    `  runbook      ${plan.runbook}`,
    "",
  ];
}
