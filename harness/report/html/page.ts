import { createHash } from "node:crypto";
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { parseEdits, type Edits } from "../edits.ts";
import { limitsOf } from "../facts/limits.ts";
import type { Recorded } from "../facts/recorded.ts";
import { retrospectiveOf } from "../facts/retrospective.ts";
import { factsOf, type ScenarioFacts } from "../facts/scenario-facts.ts";
import { toldOf, type Told } from "../facts/told.ts";
import { verdictLabel, verdictWords } from "../facts/verdict-words.ts";
import type { RehearsedRun } from "../rehearsed-run.ts";
import { anomalies } from "./anomalies.ts";
import { beforeAfterPart } from "./before-after.ts";
import { BUDGETS, BYTES_MAX, isDrawn, type Budget } from "./budget.ts";
import { appendix, calibration } from "./closing.ts";
import { recovery, steadyState } from "./course.ts";
import { coverage } from "./coverage.ts";
import { chip, el, list, type Child, type Part } from "./el.ts";
import { blastRadius, faultLog, guarantees } from "./impact.ts";
import { latencyCharts } from "./latency.ts";
import { advice, retrospective } from "./learning.ts";
import { ledger } from "./ledger.ts";
import { SCRIPT } from "./script.ts";
import { environment, rehearsed } from "./setting.ts";
import { STYLE } from "./style.ts";
import { timeline } from "./timeline.ts";
import { verdictHead, verdictTone } from "./verdict.ts";

/**
 * One self-contained page: no network, no markup from evidence, and no more than BYTES_MAX: what does
 * not fit is left out, said where it is missing, and stays in the journal.
 */
export function renderHtml(run: RehearsedRun): string {
  const edits = run.edits === undefined ? null : parseEdits(run.edits);
  const facts = factsOf(run);
  let html = "";
  for (const budget of BUDGETS) {
    html = pageOf(run, { facts, edits, budget });
    if (Buffer.byteLength(html) <= BYTES_MAX) break;
  }
  return html;
}

interface Contents {
  readonly facts: readonly ScenarioFacts[];
  readonly edits: Edits | null;
  readonly budget: Budget;
}

function pageOf(run: RehearsedRun, contents: Contents): string {
  const { facts, budget } = contents;
  const told = new Map(facts.map((one) => [one.slug, toldOf(one, storiesMax(one, budget))]));
  const chapters = chaptersOf(run, contents, told);
  const title = `${verdictLabel(run.result.verdict)}: gameday ${run.result.runId}`;
  const body = el(
    "div",
    { class: "page" },
    el("a", { class: "skip", href: "#verdict" }, "To the verdict"),
    el(
      "header",
      null,
      el("p", { class: "brand" }, el("strong", null, "gameday"), " rehearsal report"),
      el("p", { class: "when" }, `${dateText(run.result.startedAt)} · run ${run.result.runId}`),
    ),
    navigation(chapters),
    el(
      "main",
      { id: "report" },
      verdictHead(run, facts, new Map([...told].map(([slug, { told }]) => [slug, told]))),
      chapters.map(chapterSection),
    ),
    el(
      "footer",
      null,
      `Made by gameday ${run.result.gamedayVersion} from the run's journal alone. ${verdictWords(run).sentences.at(-1) ?? ""}`,
    ),
  );
  return documentOf(title, body);
}

/** Where there is no room to draw what passed, its payments have no story either. */
function storiesMax({ result }: ScenarioFacts, budget: Budget): number {
  return isDrawn(result.verdict, budget) || result.verdict !== "pass" ? budget.stories : 0;
}

/** A scenario's parts, or the parts of the run as a whole. */
interface Chapter {
  readonly id: string;
  /** Read aloud only where the report has one scenario: its parts stand on their own. */
  readonly title: Child;
  readonly name: string;
  readonly isOnly: boolean;
  readonly parts: readonly Part[];
}

function chaptersOf(
  run: RehearsedRun,
  contents: Contents,
  told: ReadonlyMap<string, ReturnType<typeof toldOf>>,
): readonly Chapter[] {
  const { facts } = contents;
  const isOnly = facts.length === 1;
  const setting = environment(run.result, facts);
  const scenarios = facts.map((one): Chapter => {
    const { result, slug } = one;
    const verdict = chip(verdictTone(result.verdict), verdictLabel(result.verdict));
    return {
      id: slug,
      name: result.id,
      isOnly,
      title: isOnly ? result.title : el("span", null, result.title, " ", verdict),
      parts: scenarioParts(one, {
        ...contents,
        told: told.get(slug) ?? { told: [], left: 0 },
        environment: isOnly ? setting : [],
      }),
    };
  });
  return [
    ...scenarios,
    {
      id: "run",
      title: "The run as a whole",
      name: "The run as a whole",
      isOnly,
      parts: [
        ...(isOnly ? [] : sharedParts(facts, setting)),
        ...closingParts(run, contents),
      ].filter(hasBody),
    },
  ];
}

/** Parts that a single scenario has in its own place. */
function sharedParts(facts: readonly ScenarioFacts[], setting: readonly Child[]): readonly Part[] {
  return [
    part("environment", "Environment", setting),
    part("coverage", "Boundary coverage", facts.length === 0 ? [] : coverage(facts)),
  ];
}

function closingParts(run: RehearsedRun, { facts, edits, budget }: Contents): readonly Part[] {
  const cited = run.result.calibration;
  return [
    part("before-after", "Before and after", beforeAfterPart(run, budget)),
    part(
      "calibration",
      "Is the instrument any good?",
      cited === undefined ? [] : calibration(cited, run.result.gamedayVersion),
    ),
    part("learning", "What was learned", retrospective(retrospectiveOf(run, facts), edits)),
    part("advice", "Advice, with its evidence", advice(facts)),
    part("limits", "What this run does not show", [list(limitsOf(run, facts))]),
    part("appendix", "Appendix", appendix(run)),
  ];
}

const part = (id: string, title: string, body: readonly Child[]): Part => ({ id, title, body });
const hasBody = ({ body }: Part): boolean => body.some((child) => child !== null);

type Draw = (facts: ScenarioFacts, evidence: Recorded, budget: Budget) => readonly Child[];

const NOT_DRAWN = el(
  "p",
  { class: "note" },
  "Not drawn: the page would be too large. The journal holds it; a run of fewer scenarios has the room.",
);

/** Parts without data are left out, not faked. */
function scenarioParts(
  facts: ScenarioFacts,
  with_: Contents & {
    readonly told: { readonly told: readonly Told[]; readonly left: number };
    readonly environment: readonly Child[];
  },
): readonly Part[] {
  const { slug, evidence, result } = facts;
  const { budget, edits, told } = with_;
  const isOnly = with_.environment.length > 0;
  const drawn = (draw: Draw): readonly Child[] => {
    if (evidence === null) return [];
    return isDrawn(result.verdict, budget) ? draw(facts, evidence, budget) : [NOT_DRAWN];
  };
  const of = (id: string, title: string, body: readonly Child[]): Part =>
    part(`${slug}-${id}`, title, body);
  return [
    of("ledger", "Business outcomes", [
      ...(result.error === undefined ? [] : [el("p", { class: "partial" }, result.error.message)]),
      ...ledger(facts, { told: told.told, budget }),
      el("h4", null, "Guarantees"),
      guarantees(facts),
    ]),
    of("rehearsed", "What was rehearsed", rehearsed(facts, edits)),
    of("blast", "Blast radius and cleanup", blastRadius(facts)),
    of("environment", "Environment", with_.environment),
    of("steady", "Before, during, after", steadyState(facts)),
    of("faults", "Fault log", faultLog(facts)),
    of("timeline", "Timeline", drawn(timeline)),
    of(
      "anomalies",
      "Stories",
      evidence === null && told.told.length === 0 ? [] : anomalies(facts, { ...told, budget }),
    ),
    of("latency", "Latency and rate", drawn(latencyCharts)),
    of("recovery", "Recovery", recovery(facts)),
    of("coverage", "Boundary coverage", isOnly ? coverage([facts]) : []),
  ].filter(hasBody);
}

function chapterSection({ id, title, isOnly, parts }: Chapter): VNode {
  return el(
    "div",
    { id, class: isOnly ? "chapter only" : "chapter" },
    el("h2", { class: isOnly ? "sr" : "chaptername" }, title),
    parts.map((one) =>
      el("section", { id: one.id, class: "part" }, el("h3", null, one.title), one.body),
    ),
  );
}

function navigation(chapters: readonly Chapter[]): VNode {
  const link = (id: string, text: string): VNode =>
    el("li", null, el("a", { href: `#${id}` }, text));
  return el(
    "nav",
    { "aria-label": "Contents" },
    el(
      "ol",
      null,
      link("verdict", "Verdict"),
      chapters.flatMap(({ id, name, isOnly, parts }) =>
        isOnly ? parts.map((one) => link(one.id, one.title)) : [link(id, name)],
      ),
    ),
  );
}

function dateText(iso: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(iso);
  return parts === null ? "start unknown" : `${parts[1]} ${parts[2]} UTC`;
}

const digestOf = (text: string): string =>
  `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The policy allows this very style and script, by hash, and nothing from anywhere else. */
function documentOf(title: string, body: VNode): string {
  const policy = `default-src 'none'; style-src ${digestOf(STYLE)}; script-src ${digestOf(SCRIPT)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const head = el(
    "head",
    null,
    el("meta", { charset: "utf-8" }),
    el("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
    el("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    el("meta", { name: "color-scheme", content: "light dark" }),
    el("meta", { name: "referrer", content: "no-referrer" }),
    el("link", { rel: "icon", href: "data:," }),
    el("title", null, title),
  );
  const headHtml = renderToString(head).replace("</head>", `<style>${STYLE}</style></head>`);
  return `<!doctype html>\n<html lang="en">${headHtml}<body>${renderToString(body)}<script>${SCRIPT}</script></body></html>\n`;
}
