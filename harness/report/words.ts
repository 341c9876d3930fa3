/**
 * The sentences of every report, generated from evidence: what was counted, in how much of what, and
 * what was not rehearsed. Pure. None of them claims more than was counted (`unscopedClaims`).
 */
import type { GuaranteeId, GuaranteeResult } from "../model/guarantee.ts";
import type { RunResult, ScenarioResult } from "../model/result.ts";

/** What a broken guarantee is counted in. */
const COUNTED: Readonly<Record<GuaranteeId, readonly [one: string, many: string]>> = {
  "no-lost-effects": ["lost effect", "lost effects"],
  "no-duplicate-effects": ["duplicate effect", "duplicate effects"],
  "no-phantom-effects": ["effect without a cause", "effects without a cause"],
  "no-torn-outcomes": ["torn outcome", "torn outcomes"],
  "no-duplicate-calls": ["duplicate call", "duplicate calls"],
  "idempotency-keys-stable": ["changed idempotency key", "changed idempotency keys"],
  "outbox-fully-published": ["unpublished outbox row", "unpublished outbox rows"],
  "money-conserved": ["account that does not add up", "accounts that do not add up"],
  "offsets-never-ahead-of-effects": [
    "offset committed ahead of its effects",
    "offsets committed ahead of their effects",
  ],
  "every-input-accounted": ["input unaccounted for", "inputs unaccounted for"],
  "no-phantom-publishes": ["publish without a commit", "publishes without a commit"],
  "no-duplicate-publishes": ["publish against the contract", "publishes against the contract"],
  "ordered-per-key": ["effect out of order", "effects out of order"],
  "no-stale-overwrites": ["stale overwrite", "stale overwrites"],
  "no-zombie-effects": ["outcome changed by a former owner", "outcomes changed by a former owner"],
  "dedup-outlives-redelivery": ["dedup row forgotten early", "dedup rows forgotten early"],
  "metrics-tell-the-truth": ["metric at odds with the ledgers", "metrics at odds with the ledgers"],
  "recovers-within": ["recovery over its limit", "recoveries over their limit"],
};

/** "1 payment", "2 payments". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The run in one sentence a manager reads; counts only, over every scenario that was judged. */
export function headline(result: RunResult): string {
  const total = (pick: (scenario: ScenarioResult) => number): number =>
    result.scenarios.reduce((sum, scenario) => sum + pick(scenario), 0);
  const duplicated = total(({ outcomes }) => outcomes.duplicated);
  const lost = total(({ outcomes }) => outcomes.lost);
  const payments = counted(
    total(({ outcomes }) => outcomes.expected),
    "payment",
  );
  const counts = `${duplicated} of ${payments} took effect twice, ${lost} lost; ${repeatsText(result.scenarios)}`;
  return `${counts}${unprovenText(result)}.`;
}

/** Zeros of a scenario that proves nothing are no good news. */
function unprovenText({ scenarios, notRun = [], leftOut = [] }: RunResult): string {
  const unproven = scenarios.filter(({ verdict }) => verdict !== "pass" && verdict !== "violated");
  const silent = unproven.length + notRun.length;
  const all = counted(scenarios.length + notRun.length, "scenario run");
  const proved = silent === 0 ? "" : `; ${silent} of ${all} proved nothing`;
  return leftOut.length === 0
    ? proved
    : `${proved}; ${counted(leftOut.length, "scenario")} left out`;
}

function repeatsText(scenarios: readonly ScenarioResult[]): string {
  const total = (pick: (scenario: ScenarioResult) => number): number =>
    scenarios.reduce((sum, scenario) => sum + pick(scenario), 0);
  const forced = total(({ exercised }) => exercised.redelivered.length);
  const seen = total(({ exercised }) => exercised.redeliveries);
  return `${counted(forced, "forced redelivery", "forced redeliveries")}, ${counted(seen, "record")} delivered again in all`;
}

/** Outcomes of one scenario, those that are zero left out but for duplicated and lost. */
export function outcomesText({ outcomes }: ScenarioResult): string {
  const { expected, once, duplicated, lost, ...others } = outcomes;
  const rest = Object.entries(others).flatMap(([name, count]) =>
    count === 0 ? [] : [`${count} ${name}`],
  );
  return [`${once} once of ${expected}`, `${duplicated} duplicated`, `${lost} lost`, ...rest].join(
    ", ",
  );
}

/** How many findings a guarantee has, those the judge only counted included. */
export function findingsCount({ findings }: Pick<GuaranteeResult, "findings">): number {
  const more = /: and (\d+) more\.$/.exec(findings.at(-1)?.message ?? "")?.[1];
  return more === undefined ? findings.length : findings.length - 1 + Number(more);
}

/** One guarantee of one scenario in a sentence: counted, over what, under which faults. */
export function guaranteeSentence(scenario: ScenarioResult, guarantee: GuaranteeResult): string {
  if (guarantee.violated === null) {
    return `${guarantee.id} was not judged: ${guarantee.reason ?? "no reason was recorded"}.`;
  }
  const [one, many] = COUNTED[guarantee.id];
  const count = counted(findingsCount(guarantee), one, many);
  const proves = guarantee.violated || doubtsOf(scenario).length === 0;
  return `${count} in ${scopeText(scenario)}${proves ? "" : "; this proves nothing, see the reasons"}.`;
}

function scopeText({ outcomes, exercised, faults }: ScenarioResult): string {
  const fired = faults.filter(({ firedAtMs }) => firedAtMs !== null).length;
  const again = exercised.redelivered.length;
  return [
    counted(outcomes.expected, "payment"),
    ...(faults.length === 0 ? ["no fault (a control)"] : [counted(fired, "fault")]),
    ...(again === 0 ? [] : [counted(again, "forced redelivery", "forced redeliveries")]),
  ].join(", ");
}

/** Why a scenario proves nothing, or not all: empty when it was really rehearsed. */
export function doubtsOf(scenario: ScenarioResult): readonly string[] {
  return [
    ...(scenario.error === undefined ? [] : [scenario.error.message]),
    ...scenario.exercised.missing,
    ...scenario.assumptions
      .filter(({ holds }) => holds !== true)
      .map(({ name, detail }) => `assumption ${name}: ${detail}`),
  ];
}

/** "drained 663 ms after the last fault, first progress after 61 ms"; null without a fault. */
export function recoveryText({ recovery, faults }: ScenarioResult): string | null {
  if (faults.length === 0) return null;
  const { drainedMs, firstProgressMs } = recovery;
  if (drainedMs === null) return "not drained after the last fault";
  const progress =
    firstProgressMs === null ? "" : `, first progress after ${Math.round(firstProgressMs)} ms`;
  return `drained ${Math.round(drainedMs)} ms after the last fault${progress}`;
}

/** What the run shows and what it does not. */
export function limitsSentence({ scenarios, stack }: RunResult): string {
  const fired = scenarios.flatMap(({ faults }) => faults.filter((f) => f.firedAtMs !== null));
  return `Rehearsed: ${counted(fired.length, "fault")} in ${counted(scenarios.length, "scenario run")} on the ${stack} stack. Power loss, disk loss and region loss not rehearsed.`;
}

/** What is known of the instrument itself. */
export function instrumentSentence({ calibration }: RunResult): string {
  if (calibration === undefined) {
    return "Instrument: not calibrated here; `gameday calibrate` does it.";
  }
  const { variants, startedAt, gamedayVersion, isAsStated } = calibration;
  const state = isAsStated ? "calibrated" : "NOT calibrated";
  return `Instrument: ${state} ${startedAt.slice(0, 10)} with gameday ${gamedayVersion}; ${counted(variants.length, "known-broken variant")} caught exactly.`;
}

const CLAIM = /exactly[-\s]once|guaranteed|guarantees that/i;
/** "in 37 forced redeliveries", "of 60 payments": a count that bounds what was said before. */
const SCOPE = /\b(?:in|of|over|under|within|across)\s+\d[\d,.]*\s+\w/i;
const DENIAL = /\b(?:not?|never|nothing|nobody|without|refuses?d?|unscoped)\b/i;

/**
 * Sentences that promise what no rehearsal shows: "exactly once" or "guaranteed" without a count that
 * bounds them, and without denying them. Empty for honest text.
 */
export function unscopedClaims(text: string): readonly string[] {
  return text
    .split(/(?<=[.!?;:])\s+|\n{2,}|\n(?=[-*|#])/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => CLAIM.test(sentence) && !SCOPE.test(sentence) && !DENIAL.test(sentence));
}
