import { parseEdits, type Edits } from "../edits.ts";
import { adviceOf } from "../facts/advice.ts";
import { coverageOf } from "../facts/coverage.ts";
import { limitsOf } from "../facts/limits.ts";
import { isAtRisk } from "../facts/payments.ts";
import { rehearsedFacts } from "../facts/rehearsed.ts";
import { recoveryFacts } from "../facts/recovery.ts";
import { factsOf, type ScenarioFacts } from "../facts/scenario-facts.ts";
import { stretchesOf } from "../facts/steady-state.ts";
import { keylessFindings, toldOf, type Told } from "../facts/told.ts";
import { verdictLabel, verdictWords } from "../facts/verdict-words.ts";
import { count, counted, duration, money, offsetFrom } from "../numbers.ts";
import type { RehearsedRun } from "../rehearsed-run.ts";
import { beforeAfterText } from "./before-after-md.ts";
import { blocks, bullets, md, mdTable, mono, section } from "./md.ts";
import { retrospectiveBlocks } from "./retrospective-md.ts";

interface Budget {
  readonly stories: number;
  readonly steps: number;
  readonly rows: number;
}

/** A comment on GitHub may have 65,536 characters. */
const CHARS_MAX = 60_000;
const BUDGETS: readonly Budget[] = [
  { stories: 6, steps: 60, rows: 40 },
  { stories: 2, steps: 40, rows: 10 },
  { stories: 1, steps: 15, rows: 3 },
  { stories: 0, steps: 0, rows: 0 },
];

/** The run for a pull request or a wiki: verdict first, then what it rests on. */
export function renderMarkdown(run: RehearsedRun): string {
  const edits = run.edits === undefined ? null : parseEdits(run.edits);
  const facts = factsOf(run);
  let text = "";
  for (const budget of BUDGETS) {
    text = documentOf(run, { facts, edits, budget });
    if (text.length <= CHARS_MAX) return text;
  }
  // Too many scenarios even for one line each: the beginning, and the word that it is one.
  return `${text.slice(0, text.lastIndexOf("\n", CHARS_MAX))}\n\n_Cut here; report.html has all of it._\n`;
}

function documentOf(
  run: RehearsedRun,
  with_: {
    readonly facts: readonly ScenarioFacts[];
    readonly edits: Edits | null;
    readonly budget: Budget;
  },
): string {
  const { facts, edits, budget } = with_;
  const words = verdictWords(run);
  const level = facts.length === 1 ? 2 : 3;
  const body = blocks([
    `# ${words.label}: ${md(words.headline)}`,
    words.sentences.map(md).join(" "),
    run.partial === null ? null : `> **Partial.** ${md(run.partial)}`,
    run.result.error === undefined || run.result.error.message === run.partial
      ? null
      : `> ${md(run.result.error.message)}`,
    facts.length < 2 ? null : scenarioTable(facts),
    section(
      2,
      "Not rehearsed: nothing is known of these",
      bullets((run.result.notRun ?? []).map(({ id, reason }) => `${mono(id)}: ${md(reason)}`)),
    ),
    section(
      2,
      "Left out: this stack cannot rehearse these",
      bullets((run.result.leftOut ?? []).map(({ id, reason }) => `${mono(id)}: ${md(reason)}`)),
    ),
    ...facts.map((one) => scenarioBlock(one, { budget, level })),
    section(2, "Boundary coverage", facts.length === 0 ? null : coverageTable(facts)),
    section(2, "Before and after", beforeAfterText(run, budget.rows)),
    ...retrospectiveBlocks(run, facts, edits),
    section(
      2,
      "Advice",
      bullets(
        adviceOf(facts).map(
          ({ guarantee, text, evidence }) =>
            `${md(text)} (because ${mono(guarantee)} broke: ${md(evidence)})`,
        ),
      ),
    ),
    section(2, "What this run does not show", bullets(limitsOf(run, facts).map(md))),
    section(2, "Environment", environmentText(run)),
  ]);
  return `${body}\n`;
}

function scenarioTable(facts: readonly ScenarioFacts[]): string {
  return mdTable(
    ["Scenario", "Verdict", "Payments", "Wrong", "Redelivered", "Drained after"],
    facts.map(({ result }) => {
      const { outcomes: o, variant } = result;
      return [
        `${mono(result.id)}${variant === null ? "" : ` (${mono(variant)})`}`,
        verdictLabel(result.verdict),
        count(o.expected),
        count(o.duplicated + o.lost + o.torn + o.phantom),
        count(result.exercised.redeliveries),
        result.recovery.drainedMs === null ? "–" : duration(result.recovery.drainedMs),
      ];
    }),
  );
}

function scenarioBlock(
  facts: ScenarioFacts,
  at: { readonly budget: Budget; readonly level: number },
): string {
  const { result } = facts;
  const { budget, level } = at;
  const { told, left } = toldOf(facts, budget.stories);
  return blocks([
    level === 2 ? null : `## ${verdictLabel(result.verdict)}: ${md(result.title)}`,
    section(level, "What was rehearsed", rehearsedText(facts)),
    section(
      level,
      "Business outcomes",
      outcomesText(facts),
      riskTable(facts, budget),
      guaranteesText(facts),
    ),
    section(level, "Faults", bullets(faultLines(facts))),
    section(level, "Before, during, after", stretchTable(facts), recoveryText(facts)),
    section(
      level,
      "Stories",
      bullets(keylessFindings(facts).map(({ message }) => md(message))),
      ...told.map((one) => story(one, facts, at)),
      left > 0 && budget.stories > 0 ? `_${left} more stories are in report.html._` : null,
    ),
    `Reproduce: ${mono(result.reproduce)}`,
  ]);
}

function rehearsedText(facts: ScenarioFacts): string {
  const { story, terms } = rehearsedFacts(facts);
  return blocks([
    `${md(facts.result.title)}.`,
    story === null ? null : md(story),
    bullets(terms.map(({ name, text }) => `**${name}**: ${md(text)}`)),
  ]);
}

function outcomesText({ result, payments, currency }: ScenarioFacts): string {
  const { outcomes: o } = result;
  const sum = (list: readonly { readonly amount: number }[]): number =>
    list.reduce((before, { amount }) => before + amount, 0);
  const risk =
    payments.length === 0
      ? ""
      : ` Money at risk: **${md(money(sum(payments.filter(isAtRisk)), currency))}** of ${md(money(sum(payments), currency))}.`;
  return `**${count(o.once + o.recovered)} of ${count(o.expected)}** payments with one outcome; ${count(o.duplicated)} duplicated, ${count(o.lost)} lost, ${count(o.torn)} torn, ${count(o.phantom)} phantom, ${count(o.stalled)} stalled, ${count(o.indeterminate)} indeterminate.${risk}`;
}

function riskTable({ payments, currency }: ScenarioFacts, { rows }: Budget): string | null {
  const risky = payments.filter(isAtRisk);
  if (risky.length === 0 || rows === 0) return null;
  const more =
    risky.length > rows
      ? `\n\n_${count(rows)} of ${count(risky.length)} shown; the journal holds all._`
      : "";
  return `${mdTable(
    ["Payment", "Outcome", "Amount", "Delivered", "Effects found"],
    risky
      .slice(0, rows)
      .map(({ key, outcome, amount, deliveries, effects }) => [
        mono(key),
        outcome,
        md(money(amount, currency)),
        `${deliveries}×`,
        md(effects.map(({ id, times }) => `${id} ${times}`).join(" · ")),
      ]),
  )}${more}`;
}

function guaranteesText({ result }: ScenarioFacts): string {
  const held = result.guarantees.filter(({ violated }) => violated === false);
  const lines = result.guarantees.flatMap(({ id, violated, findings, reason }) => {
    if (violated === false) return [];
    if (violated === null) return [`${mono(id)} was not judged: ${md(reason ?? "reason unknown")}`];
    return [
      `${mono(id)} **broke** (${counted(findings.length, "finding")}): ${md(findings[0]?.message ?? "")}`,
    ];
  });
  return bullets([
    ...lines,
    `${count(held.length)} of ${count(result.guarantees.length)} guarantees held in this run`,
  ]);
}

function faultLines({ result, faults }: ScenarioFacts): readonly string[] {
  const { exercised, assumptions } = result;
  return [
    ...result.faults.map(({ id, trigger, evidence, healedAtMs, firedAtMs }) => {
      const kind = faults.find((fault) => fault.id === id)?.kind;
      const ended =
        healedAtMs === null || firedAtMs === null
          ? "its end was not verified"
          : `ended, verified after ${duration(healedAtMs - firedAtMs)}`;
      return `${mono(id)}${kind === undefined ? "" : ` (${md(kind)})`} at ${md(trigger)}: ${evidence === null ? "**never fired**" : `met ${md(evidence)}; ${ended}`}`;
    }),
    ...exercised.redelivered.slice(0, 10).map((text) => `came again: ${md(text)}`),
    ...exercised.missing.map((text) => `**not exercised**: ${md(text)}`),
    ...assumptions
      .filter(({ holds }) => holds !== true)
      .map(
        ({ name, holds, detail }) =>
          `assumption ${mono(name)} ${holds === false ? "does not hold" : "could not be established"}: ${md(detail)}`,
      ),
  ];
}

function stretchTable(facts: ScenarioFacts): string | null {
  const stretches = stretchesOf(facts);
  if (stretches.length === 0) return null;
  const ms = (value: number | null): string => (value === null ? "–" : duration(value));
  return mdTable(
    ["", "Lasted", "Sent", "Committed", "Per second", "Median", "95th percentile"],
    stretches.map(({ name, startMs, endMs, sent, committed, committedPerSecond, p50, p95 }) => [
      name,
      duration(endMs - startMs),
      count(sent),
      count(committed),
      committedPerSecond.toFixed(1),
      ms(p50),
      ms(p95),
    ]),
  );
}

function recoveryText(facts: ScenarioFacts): string | null {
  const found = recoveryFacts(facts);
  if (found === null) return null;
  const target = found.targetMs === null ? "" : ` Target for drained: ${duration(found.targetMs)}.`;
  return `${found.milestones.map(({ name, ms }) => `${name}: ${ms === null ? "not seen" : `${duration(ms)} after the fault`}`).join("; ")}.${target}`;
}

function coverageTable(facts: readonly ScenarioFacts[]): string {
  return mdTable(
    ["Boundary", "State", "Tried", "Counted", "What may be said"],
    coverageOf(facts).map(({ hop, state, tried, seen, claim }) => [
      hop,
      state,
      md(tried.join(", ") || "nothing"),
      md(seen),
      state === "passed"
        ? `${claim}, under what was tried here`
        : state === "violated"
          ? `~~${claim}~~`
          : "nothing is claimed",
    ]),
  );
}

function story(
  { key, summary, story: found }: Told,
  { result }: ScenarioFacts,
  at: { readonly budget: Budget; readonly level: number },
): string {
  const steps = found?.steps ?? [];
  const zeroMs = found?.zeroMs ?? 0;
  const lines = steps
    .slice(0, at.budget.steps)
    .map(
      ({ atMs, words, proof }, index) =>
        `${index + 1}. ${offsetFrom(atMs - zeroMs)}: ${md(words)} (${md(proof)})`,
    );
  const more = steps.length - lines.length;
  return blocks([
    `${"#".repeat(at.level + 1)} ${mono(key)} in ${mono(result.id)}`,
    summary.map(md).join(" "),
    [
      ...lines,
      ...(more > 0 ? [`${lines.length + 1}. and ${more} more steps in the journal`] : []),
    ].join("\n"),
    bullets(
      (found?.ledger ?? []).map(
        ({ where, text, isRepeat }) =>
          `${md(where)}: ${md(text)}${isRepeat ? " **once too often**" : ""}`,
      ),
    ),
  ]);
}

function environmentText({ result }: RehearsedRun): string {
  const versions = Object.entries(result.environment)
    .filter(([name]) => !name.startsWith("startup."))
    .map(([name, value]) => `${md(name)} ${md(value)}`);
  return [
    `run ${md(result.runId)}`,
    `started ${md(result.startedAt)}`,
    `gameday ${md(result.gamedayVersion)}`,
    `stack ${md(result.stack)}`,
    `seed ${result.seed}`,
    ...versions,
  ].join(" · ");
}
