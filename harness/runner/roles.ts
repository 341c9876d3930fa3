import type { Scenario } from "../model/scenario.ts";

/** Names of the instances that these scenarios need at most: consumer-1, consumer-2, ... */
export function rolesOf(scenarios: readonly Scenario[]): readonly string[] {
  const count = Math.max(1, ...scenarios.map(({ instances }) => instances));
  return Array.from({ length: count }, (_, index) => `consumer-${index + 1}`);
}
