import type { VNode } from "preact";
import type { NotRun, RunResult } from "../../model/result.ts";
import type { RunVerdict } from "../../model/verdict.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import type { Told } from "../facts/told.ts";
import { totalOf, verdictLabel, verdictWords } from "../facts/verdict-words.ts";
import { count, counted, duration } from "../numbers.ts";
import type { StoredRun } from "../stored-run.ts";
import { chip, code, el, list, table, type Child } from "./el.ts";

const LINKS_MAX = 5;

export function verdictTone(verdict: RunVerdict): "good" | "bad" | "warn" {
  if (verdict === "pass") return "good";
  return verdict === "violated" ? "bad" : "warn";
}

/** What a manager reads: the verdict in words, the counts behind it, and the way to the evidence. */
export function verdictHead(
  run: StoredRun,
  facts: readonly ScenarioFacts[],
  told: ReadonlyMap<string, readonly Told[]>,
): VNode {
  const words = verdictWords(run);
  const { result } = run;
  return el(
    "section",
    {
      id: "verdict",
      class: `verdict ${verdictTone(result.verdict)}`,
      "aria-labelledby": "headline",
    },
    el("p", { class: "badge" }, chip(verdictTone(result.verdict), words.label)),
    el("h1", { id: "headline" }, words.headline),
    el("p", { class: "sentences" }, words.sentences.join(" ")),
    run.partial === null
      ? null
      : el("p", { class: "partial", role: "note" }, el("strong", null, "Partial. "), run.partial),
    result.error === undefined || result.error.message === run.partial
      ? null
      : el("p", { class: "partial", role: "note" }, result.error.message),
    figures(run, facts),
    wayIn(facts, told),
    facts.length < 2 ? null : scenarioTable(facts),
    notRehearsed(result),
  );
}

function figures({ result }: StoredRun, facts: readonly ScenarioFacts[]): VNode {
  const total = (pick: Parameters<typeof totalOf>[1]): number => totalOf(result, pick);
  const drained = facts.flatMap(({ result: { recovery } }) => recovery.drainedMs ?? []);
  const wrong = total(({ outcomes: o }) => o.duplicated + o.lost + o.torn + o.phantom);
  const figure = (value: string, name: string, tone = ""): VNode =>
    el("div", { class: `figure ${tone}` }, el("dd", null, value), el("dt", null, name));
  return el(
    "dl",
    { class: "figures" },
    figure(count(total(({ outcomes }) => outcomes.expected)), "payments"),
    figure(count(total(({ outcomes: o }) => o.once + o.recovered)), "one outcome each"),
    figure(count(wrong), "came out wrong", wrong > 0 ? "bad" : ""),
    figure(count(total(({ exercised }) => exercised.redeliveries)), "redeliveries observed"),
    drained.length === 0
      ? null
      : figure(
          duration(Math.max(...drained)),
          facts.length > 1 ? "longest recovery" : "from fault to drained",
        ),
  );
}

/** From the verdict to the story of a payment in one step. */
function wayIn(
  facts: readonly ScenarioFacts[],
  told: ReadonlyMap<string, readonly Told[]>,
): VNode | null {
  const all = facts.flatMap(({ slug, result }) =>
    (told.get(slug) ?? []).map((one) => ({ ...one, scenario: result.id })),
  );
  const broken = all.filter(
    ({ findings, payment }) =>
      findings.length > 0 || (payment !== null && payment.outcome !== "once"),
  );
  const shown = broken.length > 0 ? broken : all.filter(({ faultLabel }) => faultLabel !== null);
  if (shown.length === 0) return null;
  return el(
    "ul",
    { class: "wayin" },
    shown
      .slice(0, LINKS_MAX)
      .map(({ id, key, payment, findings, scenario }) =>
        el(
          "li",
          null,
          el("a", { href: `#${id}` }, `Read the story of ${key}`),
          ` (${whyTold({ payment, findings })}${facts.length > 1 ? `, in ${scenario}` : ""})`,
        ),
      ),
    shown.length > LINKS_MAX ? el("li", null, `and ${shown.length - LINKS_MAX} more below`) : null,
  );
}

/** What came of it; where the outcome is right all the same, what was found. */
function whyTold({ payment, findings }: Pick<Told, "payment" | "findings">): string {
  const found = findings[0]?.guarantee;
  if (payment === null) return found ?? "finding";
  if (payment.outcome !== "once") return payment.outcome;
  return found === undefined ? "struck by the fault, one outcome" : `broke ${found}`;
}

/** What was asked for and never began; null when all of it did. */
function notRehearsed({ notRun = [], leftOut = [] }: RunResult): Child {
  const named = (each: readonly NotRun[]): Child =>
    list(each.map(({ id, reason }) => el("span", null, code(id), `: ${reason}`)));
  return [
    leftOut.length === 0
      ? null
      : [
          el(
            "p",
            { class: "partial", role: "note" },
            `${counted(leftOut.length, "scenario")} left out: this stack cannot rehearse ${leftOut.length === 1 ? "it" : "them"}.`,
          ),
          named(leftOut),
        ],
    notRun.length === 0 ? null : neverBegan(notRun, named(notRun)),
  ];
}

function neverBegan(notRun: readonly NotRun[], names: Child): Child {
  return [
    el(
      "p",
      { class: "partial", role: "note" },
      `${counted(notRun.length, "scenario")} asked for and not rehearsed: nothing is known of ${notRun.length === 1 ? "it" : "them"}.`,
    ),
    names,
  ];
}

const ORDER: readonly RunVerdict[] = [
  "violated",
  "environment",
  "interrupted",
  "inconclusive",
  "pass",
];

function worstFirst(facts: readonly ScenarioFacts[]): readonly ScenarioFacts[] {
  return facts.toSorted(
    (a, b) => ORDER.indexOf(a.result.verdict) - ORDER.indexOf(b.result.verdict),
  );
}

function scenarioTable(facts: readonly ScenarioFacts[]): VNode {
  return table(
    {
      caption: "Scenarios of this run",
      columns: ["Scenario", "Verdict", "Payments", "Wrong", "Redelivered", "Drained after"],
      numeric: [2, 3, 4, 5],
    },
    worstFirst(facts).map(({ slug, result }): readonly Child[] => {
      const { outcomes: o } = result;
      return [
        el(
          "a",
          { href: `#${slug}` },
          result.id,
          result.variant === null ? "" : ` [${result.variant}]`,
        ),
        chip(verdictTone(result.verdict), verdictLabel(result.verdict)),
        count(o.expected),
        count(o.duplicated + o.lost + o.torn + o.phantom),
        count(result.exercised.redeliveries),
        result.recovery.drainedMs === null ? "–" : duration(result.recovery.drainedMs),
      ];
    }),
  );
}
