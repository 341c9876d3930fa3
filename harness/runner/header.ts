import { sessionTimeoutFor } from "../model/config.ts";
import type { Intent } from "../model/intent.ts";
import type { EffectDeclaration, PlannedFault, RunHeader } from "../model/run-header.ts";
import type { FaultSpec, Scenario, Trigger } from "../model/scenario.ts";
import type { RunRequest } from "./run-request.ts";

export interface HeaderOptions {
  readonly request: RunRequest;
  readonly scenario: Scenario;
  readonly stack: string;
  readonly topics: Readonly<Record<string, string>>;
  readonly intents: readonly Intent[];
}

/** What the judge must know besides evidence. Pure. */
export function headerOf(options: HeaderOptions): RunHeader {
  const { request, scenario, topics } = options;
  const eviction = request.eviction ?? scenario.eviction ?? "harness-leave-group";
  return {
    formatVersion: 1,
    id: scenario.id,
    title: scenario.title,
    story: scenario.story,
    hypothesis: scenario.hypothesis,
    ...(request.project === null ? {} : { project: request.project }),
    variant: request.variant,
    seed: request.seed,
    stack: options.stack,
    eviction,
    sessionTimeoutMs: sessionTimeoutFor(eviction),
    ...(scenario.subject === undefined ? {} : { subjectEnv: scenario.subject.env }),
    group: `gameday-${scenario.id}${request.namespace}`,
    inputTopic: topics[request.config.input.topic] ?? request.config.input.topic,
    events: scenario.workload.events,
    effects: request.config.effects.map((effect) => inScenario(effect, topics)),
    balance: request.config.database.balance ?? null,
    outbox: request.config.database.outbox ?? null,
    deadLetters: request.config.database.deadLetters ?? null,
    dedup: request.config.database.dedup ?? null,
    metrics: request.config.subject.metrics ?? null,
    faults: scenario.faults.map((fault) => plannedFault(fault, options.intents)),
    guarantees: scenario.guarantees,
    exercise: scenario.exercise,
    limits: scenario.limits,
  };
}

/** Business key of the intent a trigger names; null when it matches any, or none exists. */
export function keyOfTrigger(trigger: Trigger, intents: readonly Intent[]): string | null {
  const nth = trigger.match?.intent;
  if (nth === undefined) return null;
  return intents[nth - 1]?.key ?? `no-such-intent-${nth}`;
}

/** A trigger in words: "postgres.commit.applied of pay-000020 on consumer-1 (occurrence 2)". */
export function triggerText(trigger: Trigger, key: string | null): string {
  const { boundary, match, after } = trigger;
  return [
    boundary,
    ...(match?.changes === undefined ? [] : [`of ${match.changes} that changed rows`]),
    ...(match?.command === undefined ? [] : [`of ${match.command}`]),
    ...(key === null ? [] : [`of ${key}`]),
    ...(match?.instance === undefined ? [] : [`on ${match.instance}`]),
    ...(match?.victimOf === undefined ? [] : [`on the victim of ${match.victimOf}`]),
    ...(match?.nth === undefined ? [] : [`(occurrence ${match.nth})`]),
    ...(after === undefined ? [] : [`after ${after.fault} is ${after.moment}`]),
  ].join(" ");
}

function plannedFault(fault: FaultSpec, intents: readonly Intent[]): PlannedFault {
  const key = keyOfTrigger(fault.at, intents);
  const trigger = triggerText(fault.at, key);
  const { id, at, heldFrame } = fault;
  return { id, fault: fault.fault, boundary: at.boundary, key, trigger, heldFrame };
}

function inScenario(
  effect: EffectDeclaration,
  topics: Readonly<Record<string, string>>,
): EffectDeclaration {
  if (effect.kind !== "record") return effect;
  return { ...effect, topic: topics[effect.topic] ?? effect.topic };
}
