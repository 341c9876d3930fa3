import type { VNode } from "preact";
import { adviceFor } from "../facts/advice.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import type { Step } from "../facts/step.ts";
import { keylessFindings, type Told } from "../facts/told.ts";
import { offsetFrom } from "../numbers.ts";
import type { Budget } from "./budget.ts";
import { chip, code, el, leftOut, list, table, type Child } from "./el.ts";
import { sequenceChart } from "./sequence-chart.ts";

/** One page per anomaly; where there is none, the payment that the fault struck. */
export function anomalies(
  facts: ScenarioFacts,
  from: { readonly told: readonly Told[]; readonly left: number; readonly budget: Budget },
): readonly Child[] {
  const { told, left, budget } = from;
  const isClean = told.every(
    ({ findings, payment }) => findings.length === 0 && payment?.outcome === "once",
  );
  return [
    isClean && told.length > 0
      ? el(
          "p",
          { class: "hint" },
          "No payment came out wrong. Told here is what the fault struck, and how it still ended with one outcome.",
        )
      : null,
    ...keyless(facts),
    ...told.map((one) => storyPage(one, facts, budget)),
    leftOut(told.length, told.length + left, "stories"),
    told.length === 0 && keylessFindings(facts).length === 0
      ? el("p", { class: "hint" }, "No anomaly, and no payment was struck by a fault.")
      : null,
  ];
}

function keyless(facts: ScenarioFacts): readonly Child[] {
  const findings = keylessFindings(facts);
  if (findings.length === 0) return [];
  return [
    el("h4", null, "Findings about no single payment"),
    list(findings.map(({ message }) => message)),
  ];
}

function storyPage(told: Told, facts: ScenarioFacts, budget: Budget): VNode {
  const { id, key, findings, story, summary } = told;
  const steps = (story?.steps ?? []).slice(0, budget.steps);
  return el(
    "article",
    { class: "story", id, tabindex: -1, "aria-labelledby": `${id}-name` },
    el("h4", { id: `${id}-name` }, "The story of ", code(key), " ", outcomeChip(told)),
    el(
      "p",
      { class: "lead" },
      summary.flatMap((text) => [text, " "]),
    ),
    remedy(told),
    ...findings.map(({ message }) => el("p", { class: "finding" }, message)),
    story === null || steps.length === 0
      ? el("p", { class: "note" }, "The journal holds no step of this payment.")
      : el("div", null, sequenceChart(story, steps), stepList(steps, story.zeroMs)),
    story === null ? null : leftOut(steps.length, story.steps.length, "steps"),
    ledgerTable(told),
    el("p", { class: "reproduce" }, "Reproduce: ", code(facts.result.reproduce)),
    el("p", { class: "back" }, el("a", { href: "#verdict" }, "Back to the verdict")),
  );
}

function remedy({ findings }: Told): VNode | null {
  const [first] = findings;
  return first === undefined
    ? null
    : el("p", null, el("strong", null, "What would prevent it: "), adviceFor(first.guarantee));
}

function outcomeChip({ findings, payment }: Told): VNode {
  if (payment?.outcome === "once" && findings.length === 0) return chip("good", "once");
  return chip(findings.length > 0 ? "bad" : "warn", payment?.outcome ?? "finding");
}

/** The same steps in words, with what to look for in the journal. */
function stepList(steps: readonly Step[], zeroMs: number | null): VNode {
  return el(
    "details",
    { class: "steps" },
    el("summary", null, `The same ${steps.length} steps in words, with their evidence`),
    el(
      "ol",
      null,
      steps.map(({ seq, atMs, words, proof, fate }) =>
        el(
          "li",
          { class: fate },
          el(
            "span",
            { class: "when" },
            zeroMs === null ? `${Math.round(atMs)} ms` : offsetFrom(atMs - zeroMs),
          ),
          el("span", { class: "words" }, words),
          el("span", { class: "proof" }, `seq ${seq}: ${proof}`),
        ),
      ),
    ),
  );
}

function ledgerTable({ story }: Told): VNode | null {
  if (story === null || story.ledger.length === 0) return null;
  return el(
    "div",
    null,
    el("h5", null, "What the ledgers say afterwards"),
    table(
      { caption: `Ledgers of ${story.key}`, columns: ["Effect", "Evidence", "Journal"] },
      story.ledger.map(({ where, text, seq, isRepeat }) => [
        where,
        el(
          "span",
          null,
          text,
          isRepeat ? el("span", null, " ", chip("bad", "once too often")) : null,
        ),
        `seq ${seq}`,
      ]),
    ),
  );
}
