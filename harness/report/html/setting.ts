import type { RunResult } from "../../model/result.ts";
import { merged, type Edits } from "../edits.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import { rehearsedFacts } from "../facts/rehearsed.ts";
import { code, el, list, type Child } from "./el.ts";

/** Story, hypothesis, targets, and who played which role. */
export function rehearsed(facts: ScenarioFacts, edits: Edits | null): readonly Child[] {
  const { result } = facts;
  const { story, terms } = rehearsedFacts(facts);
  const roles = merged([], "Roles", edits).map(({ text }) => text);
  const row = (name: string, value: Child): readonly Child[] => [
    el("dt", null, name),
    el("dd", null, value),
  ];
  return [
    el("p", { class: "lead" }, result.title, "."),
    story === null ? null : el("p", null, story),
    el(
      "dl",
      { class: "pairs" },
      ...terms.flatMap(({ name, text }) => row(name, text)),
      ...row(
        "Subject",
        result.variant === null
          ? "the service as configured"
          : el(
              "span",
              null,
              "the variant ",
              code(result.variant),
              ", which is known to be broken or is the next version",
            ),
      ),
      ...(roles.length === 0 ? [] : row("Roles", list(roles))),
    ),
  ];
}

const HIDDEN_KEYS = /^startup\./;

/** Versions, settings that matter, and the seed that makes the workload again. */
export function environment(result: RunResult, facts: readonly ScenarioFacts[]): readonly Child[] {
  const row = (name: string, value: string): readonly Child[] => [
    el("dt", null, name),
    el("dd", null, code(value)),
  ];
  const settings = facts.flatMap(({ result: { assumptions } }) =>
    assumptions.filter(({ name }) => name === "database-settings").map(({ detail }) => detail),
  );
  const evictions = new Set(facts.flatMap(({ evidence }) => evidence?.header.eviction ?? []));
  return [
    el(
      "dl",
      { class: "pairs tight" },
      ...row("run", result.runId),
      ...row("started", result.startedAt),
      ...row("gameday", result.gamedayVersion),
      ...row("stack", result.stack),
      ...row("seed", String(result.seed)),
      ...Object.entries(result.environment)
        .filter(([name]) => !HIDDEN_KEYS.test(name))
        .flatMap(([name, value]) => row(name, value)),
      ...[...new Set(settings)].flatMap((detail) => row("Postgres settings", detail)),
      ...[...evictions].flatMap((eviction) => row("eviction of dead consumers", eviction)),
    ),
  ];
}
