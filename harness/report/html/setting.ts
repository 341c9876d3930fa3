import type { RunResult } from "../../model/result.ts";
import { merged, type Edits } from "../edits.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import { duration } from "../numbers.ts";
import { code, el, list, type Child } from "./el.ts";

/** Hypothesis as given / when / then where it is written so, targets, and who played which role. */
export function rehearsed(
  { result, evidence }: ScenarioFacts,
  edits: Edits | null,
): readonly Child[] {
  const roles = merged([], "Roles", edits).map(({ text }) => text);
  const header = evidence?.header;
  const row = (name: string, value: Child): readonly Child[] => [
    el("dt", null, name),
    el("dd", null, value),
  ];
  return [
    el("p", { class: "lead" }, result.title, "."),
    el(
      "dl",
      { class: "pairs" },
      ...givenWhenThen(result.hypothesis).flatMap(([name, text]) => row(name, text)),
      ...(header === undefined
        ? []
        : [
            ...row(
              "Target",
              `drained within ${duration(header.limits.recoveryMsMax)} of the fault`,
            ),
            ...row("Counts as rehearsed when", exerciseText(header.exercise)),
          ]),
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

function exerciseText({
  eventsMin,
  redelivery,
  of,
}: {
  readonly eventsMin: number;
  readonly redelivery: string;
  readonly of?: string;
}): string {
  const forced =
    redelivery === "none"
      ? ""
      : `, and each fault ${of === undefined ? "" : `(${of}) `}forces a redelivery (${redelivery})`;
  return `at least ${eventsMin} events are handled${forced}`;
}

/** "Given a, when b, then c." in its three parts; anything else as one. */
export function givenWhenThen(hypothesis: string): readonly (readonly [string, string])[] {
  const parts = /^given (.+?), when (.+?), then (.+?)\.?$/is.exec(hypothesis);
  if (parts === null) return [["Hypothesis", hypothesis]];
  const [, given = "", when = "", then = ""] = parts;
  return [
    ["Given", given],
    ["When", when],
    ["Then", then],
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
