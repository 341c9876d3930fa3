import { count, counted, duration } from "../numbers.ts";
import type { StoredRun } from "../stored-run.ts";
import { adviceFor } from "./advice.ts";
import { coverageOf } from "./coverage.ts";
import { recoveryFacts } from "./recovery.ts";
import type { ScenarioFacts } from "./scenario-facts.ts";
import { reasonsAgainst } from "./verdict-words.ts";

/** Something to do. `id` stays the same from run to run, so that people can name it in their edits. */
export interface ActionItem {
  readonly id: string;
  readonly text: string;
}

/** What the facts alone say went well, wrong, or well by luck. */
export interface Retrospective {
  readonly well: readonly string[];
  readonly wrong: readonly string[];
  readonly lucky: readonly string[];
  readonly actions: readonly ActionItem[];
}

const NEAR_TARGET = 0.8;

export function retrospectiveOf(run: StoredRun, facts: readonly ScenarioFacts[]): Retrospective {
  const isOne = facts.length === 1;
  const named = (scenario: ScenarioFacts, texts: readonly string[]): readonly string[] =>
    isOne ? texts : texts.map((text) => `${scenario.result.id}: ${text}`);
  const of = (tell: (scenario: ScenarioFacts) => readonly string[]): readonly string[] =>
    facts.flatMap((scenario) => named(scenario, tell(scenario)));
  return {
    well: of(wentWell),
    wrong: [...(run.partial === null ? [] : [run.partial]), ...of(wentWrong)],
    lucky: of(gotLucky),
    actions: unique(facts.flatMap(actionsOf).concat(untried(facts))),
  };
}

function wentWell(scenario: ScenarioFacts): readonly string[] {
  const { result, faults } = scenario;
  const struck = faults.filter(({ firedAtMs }) => firedAtMs !== null);
  const healed = struck.filter(({ isHealed }) => isHealed).length;
  const held = result.guarantees.filter(({ violated }) => violated === false).length;
  const target = recoveryFacts(scenario)?.targetMs ?? null;
  const drained = result.recovery.drainedMs;
  const again = result.rates?.eventsDeliveredAgain ?? 0;
  const absorbed = Math.round(again * (result.rates?.dedupHitRatio ?? 0));
  return [
    ...(struck.length === 0
      ? []
      : [
          `${counted(struck.length, "fault")} struck at the planned moment; ${count(healed)} healed, each heal verified.`,
        ]),
    ...(absorbed === 0
      ? []
      : [`${count(absorbed)} of ${counted(again, "event")} that came again changed nothing.`]),
    ...(held === 0
      ? []
      : [`${count(held)} of ${counted(result.guarantees.length, "guarantee")} held in this run.`]),
    ...(target === null || drained === null || drained > target
      ? []
      : [`Drained ${duration(drained)} after the fault; the target is ${duration(target)}.`]),
  ];
}

function wentWrong(scenario: ScenarioFacts): readonly string[] {
  const { result } = scenario;
  return [
    ...result.guarantees.flatMap(({ violated, findings }) =>
      violated === true
        ? [
            `${findings[0]?.message ?? "A guarantee broke."}${findings.length > 1 ? ` (${count(findings.length)} findings)` : ""}`,
          ]
        : [],
    ),
    ...(result.verdict === "pass"
      ? []
      : reasonsAgainst(scenario.result).map((text) => `Not proven: ${text}.`)),
  ];
}

/** What ended well although nothing in the design made sure of it, as far as the evidence shows. */
function gotLucky(scenario: ScenarioFacts): readonly string[] {
  const { result } = scenario;
  const harmless = (result.zombies ?? []).filter(({ outcome }) => outcome === "harmless").length;
  const keyChanged = (result.redeploy ?? []).length;
  const target = recoveryFacts(scenario)?.targetMs ?? null;
  const drained = result.recovery.drainedMs;
  return [
    ...(harmless === 0
      ? []
      : [
          `${counted(harmless, "act")} of an instance that no longer owned its partition ${harmless === 1 ? "was" : "were"} accepted, not fenced, and changed no outcome.`,
        ]),
    ...(keyChanged > 0 && result.outcomes.duplicated === 0
      ? [
          `The next version changed ${counted(keyChanged, "key")}, and nothing was duplicated this time.`,
        ]
      : []),
    ...(target !== null && drained !== null && drained <= target && drained > target * NEAR_TARGET
      ? [`Recovery took ${duration(drained)}: within the target of ${duration(target)}, by little.`]
      : []),
  ];
}

function actionsOf({ result }: ScenarioFacts): readonly ActionItem[] {
  const broken = result.guarantees.flatMap(({ id, violated }) =>
    violated === true ? [{ id, text: adviceFor(id) }] : [],
  );
  const unproven = reasonsAgainst(result);
  return [
    ...broken,
    ...(result.verdict === "pass" || unproven.length === 0
      ? []
      : [
          {
            id: `rehearse-again-${result.id}`,
            text: `Rehearse ${result.id} again once this is settled: ${unproven[0]}.`,
          },
        ]),
  ];
}

/** Boundaries at which nothing was rehearsed at all are the next game day's. */
function untried(facts: readonly ScenarioFacts[]): readonly ActionItem[] {
  const hops = coverageOf(facts)
    .filter(({ state }) => state === "not tried")
    .map(({ hop }) => hop);
  return hops.length === 0 || facts.length === 0
    ? []
    : [
        {
          id: "rehearse-untried-boundaries",
          text: `Rehearse the boundaries not tried in this run: ${hops.join(", ")}.`,
        },
      ];
}

function unique(items: readonly ActionItem[]): readonly ActionItem[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
