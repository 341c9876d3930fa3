import type { Intent } from "../model/intent.ts";
import type { EffectDeclaration, PlannedFault, RunHeader } from "../model/run-header.ts";
import type { FaultSpec, Scenario } from "../model/scenario.ts";
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
  return {
    formatVersion: 1,
    id: scenario.id,
    title: scenario.title,
    hypothesis: scenario.hypothesis,
    variant: request.variant,
    seed: request.seed,
    stack: options.stack,
    eviction: request.eviction,
    group: groupOf(scenario),
    inputTopic: topics[request.config.input.topic] ?? request.config.input.topic,
    events: scenario.workload.events,
    effects: request.config.effects.map((effect) => inScenario(effect, topics)),
    balance: request.config.database.balance ?? null,
    outbox: request.config.database.outbox ?? null,
    faults: scenario.faults.map((fault) => plannedFault(fault, options.intents)),
    guarantees: scenario.guarantees,
    exercise: scenario.exercise,
    limits: scenario.limits,
  };
}

/** The consumer group of a scenario. */
export function groupOf(scenario: Scenario): string {
  return `gameday-${scenario.id}`;
}

/** Business key of the intent a trigger names; null when it matches any, or none exists. */
export function keyOfTrigger(fault: FaultSpec, intents: readonly Intent[]): string | null {
  const nth = fault.at.match?.intent;
  if (nth === undefined) return null;
  return intents[nth - 1]?.key ?? `no-such-intent-${nth}`;
}

function plannedFault(fault: FaultSpec, intents: readonly Intent[]): PlannedFault {
  const key = keyOfTrigger(fault, intents);
  const nth = fault.at.match?.nth;
  const trigger = [
    fault.at.boundary,
    ...(key === null ? [] : [`of ${key}`]),
    ...(fault.at.match?.instance === undefined ? [] : [`on ${fault.at.match.instance}`]),
    ...(nth === undefined ? [] : [`(occurrence ${nth})`]),
  ].join(" ");
  return { id: fault.id, fault: fault.fault, boundary: fault.at.boundary, key, trigger };
}

function inScenario(
  effect: EffectDeclaration,
  topics: Readonly<Record<string, string>>,
): EffectDeclaration {
  if (effect.kind !== "record") return effect;
  return { ...effect, topic: topics[effect.topic] ?? effect.topic };
}
