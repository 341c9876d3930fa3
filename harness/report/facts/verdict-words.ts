import type { RunResult, ScenarioResult } from "../../model/result.ts";
import type { RunVerdict } from "../../model/verdict.ts";
import { count, counted } from "../numbers.ts";
import type { StoredRun } from "../stored-run.ts";

/** The verdict for somebody who reads nothing else. */
export interface VerdictWords {
  readonly label: string;
  readonly headline: string;
  /** Counts and their limits, one sentence each. */
  readonly sentences: readonly string[];
}

const LABELS: Readonly<Record<RunVerdict, string>> = {
  pass: "Pass",
  violated: "Violated",
  inconclusive: "Inconclusive",
  environment: "Not rehearsed",
  interrupted: "Interrupted",
};

export function verdictLabel(verdict: RunVerdict): string {
  return LABELS[verdict];
}

export function verdictWords(run: StoredRun): VerdictWords {
  const { result } = run;
  return {
    label: LABELS[result.verdict],
    headline: headlineOf(run),
    sentences: [
      ...(result.scenarios.length === 0 ? [] : [countsOf(result)]),
      exerciseOf(result),
      ...(result.verdict === "inconclusive" ? [`Reason: ${whyInconclusive(result)}.`] : []),
      "Power loss, disk loss and region loss were not rehearsed.",
    ],
  };
}

/** Totals over the scenarios of a run. */
export function totalOf(
  { scenarios }: RunResult,
  pick: (scenario: ScenarioResult) => number,
): number {
  return scenarios.reduce((sum, scenario) => sum + pick(scenario), 0);
}

function headlineOf({ result, partial }: StoredRun): string {
  switch (result.verdict) {
    case "pass":
      return `All ${counted(expectedOf(result), "payment")} ended with one business outcome each.`;
    case "violated":
      return violatedHeadline(result);
    case "inconclusive":
      return hasStruck(result)
        ? "Nothing was proven: something the verdict rests on is missing."
        : "Nothing was proven: the fault never struck.";
    case "environment":
      return "The rehearsal could not be held.";
    case "interrupted":
      return partial === null
        ? "The rehearsal was interrupted: this is what was seen until then."
        : "The rehearsal did not end in order: this is what was seen until then.";
  }
}

const expectedOf = (result: RunResult): number =>
  totalOf(result, ({ outcomes }) => outcomes.expected);

function violatedHeadline(result: RunResult): string {
  const of = ` of ${counted(expectedOf(result), "payment")}`;
  const parts = (
    [
      ["duplicated", "took effect twice"],
      ["lost", "lost"],
      ["torn", "left half done"],
      ["phantom", "made up"],
    ] as const
  ).flatMap(([outcome, words]) => {
    const number = totalOf(result, ({ outcomes }) => outcomes[outcome]);
    return number === 0 ? [] : [{ number, words }];
  });
  if (parts.length > 0) {
    const were = ({ number, words }: { number: number; words: string }, isFirst: boolean): string =>
      `${count(number)}${isFirst ? of : ""} ${words.startsWith("took") ? "" : number === 1 ? "was " : "were "}${words}`;
    return `${parts.map((part, index) => were(part, index === 0)).join(", ")}.`;
  }
  const broken = brokenGuarantees(result);
  return `${counted(broken.length, "guarantee")} broke although every payment has one outcome: ${broken.join(", ")}.`;
}

/** Ids of the guarantees that at least one scenario broke. */
export function brokenGuarantees({ scenarios }: Pick<RunResult, "scenarios">): readonly string[] {
  const ids = scenarios.flatMap(({ guarantees }) =>
    guarantees.flatMap(({ id, violated }) => (violated === true ? [id] : [])),
  );
  return [...new Set(ids)];
}

/** False where a fault was planned and none was carried out. */
function hasStruck({ scenarios }: RunResult): boolean {
  const faults = scenarios.flatMap((scenario) => scenario.faults);
  return faults.length === 0 || faults.some(({ firedAtMs }) => firedAtMs !== null);
}

/** The first reason why a scenario proves nothing, in words. */
function whyInconclusive({ scenarios }: RunResult): string {
  const scenario = scenarios.find(({ verdict }) => verdict === "inconclusive");
  if (scenario === undefined) return "no scenario was judged";
  return reasonsAgainst(scenario)[0] ?? "a guarantee could not be judged";
}

/** Why a scenario that broke nothing is no pass; each without a full stop, as part of a sentence. */
export function reasonsAgainst(scenario: ScenarioResult): readonly string[] {
  return [
    ...(scenario.error === undefined ? [] : [scenario.error.message.replace(/\.$/, "")]),
    ...scenario.exercised.missing,
    ...scenario.assumptions
      .filter(({ holds }) => holds !== true)
      .map(({ name, holds, detail }) =>
        holds === false
          ? `the assumption ${name} does not hold (${detail})`
          : `the assumption ${name} could not be established (${detail})`,
      ),
    ...scenario.guarantees
      .filter(({ violated }) => violated === null)
      .map(({ id, reason }) => `${id} could not be judged (${reason ?? "reason unknown"})`),
  ];
}

function countsOf(result: RunResult): string {
  const duplicated = totalOf(result, ({ outcomes }) => outcomes.duplicated);
  const lost = totalOf(result, ({ outcomes }) => outcomes.lost);
  const settled = totalOf(result, ({ outcomes }) => outcomes.once + outcomes.recovered);
  const again = totalOf(result, ({ exercised }) => exercised.redeliveries);
  const observed = `with ${counted(again, "redelivery", "redeliveries")} observed`;
  const of = counted(expectedOf(result), "payment");
  const open = totalOf(result, ({ outcomes }) => outcomes.indeterminate);
  // "None was lost" would be said of what nobody looked at.
  if (open > 0 && settled === 0)
    return `How ${count(open)} of ${of} ended is not known; ${count(duplicated)} took effect twice, ${observed}.`;
  return duplicated + lost === 0
    ? `0 of ${of} took effect twice and 0 were lost, ${observed}.`
    : `${count(settled)} of ${of} ended with one business outcome, ${observed}.`;
}

function exerciseOf(result: RunResult): string {
  const faults = totalOf(result, (scenario) => scenario.faults.length);
  const fired = totalOf(
    result,
    (scenario) => scenario.faults.filter(({ firedAtMs }) => firedAtMs !== null).length,
  );
  const scenarios = counted(result.scenarios.length, "scenario");
  if (result.scenarios.length === 0) return "No scenario was run.";
  if (faults === 0) return `No fault was planned in ${scenarios}: this is a control.`;
  if (faults === 1) return `The planned fault ${fired === 1 ? "was" : "was not"} carried out.`;
  return `${count(fired)} of ${counted(faults, "planned fault")} ${fired === 1 ? "was" : "were"} carried out in ${scenarios}.`;
}
