import type { VNode } from "preact";
import type { Step } from "../facts/step.ts";
import type { Story } from "../facts/story.ts";
import { offsetFrom } from "../numbers.ts";
import { drawing } from "./axis.ts";
import { el } from "./el.ts";

const WIDTH = 960;
const TIME_WIDTH = 84;
const HEAD = 46;
const ROW = 30;

/** Who told whom what, top to bottom in the order of the evidence. Not to scale in time. */
export function sequenceChart(story: Story, steps: readonly Step[]): VNode {
  const twice = story.ledger.filter(({ isRepeat }) => isRepeat);
  const height = HEAD + (steps.length + twice.length) * ROW + 18;
  const columns = columnsOf(story.actors);
  return drawing(
    { width: WIDTH, height, label: `Sequence of ${steps.length} steps of ${story.key}` },
    lifelines(steps, columns, height),
    steps.map((step, index) =>
      row(step, {
        y: HEAD + index * ROW + ROW / 2,
        columns,
        zeroMs: story.zeroMs,
      }),
    ),
    twice.map(({ where }, index) =>
      ending(where, { y: HEAD + (steps.length + index) * ROW + ROW / 2, columns }),
    ),
  );
}

function columnsOf(actors: readonly string[]): ReadonlyMap<string, number> {
  const gap = (WIDTH - TIME_WIDTH) / Math.max(1, actors.length);
  return new Map(actors.map((name, index) => [name, TIME_WIDTH + gap * (index + 0.5)]));
}

/** A lifeline is broken from the death of its process on. */
function lifelines(
  steps: readonly Step[],
  columns: ReadonlyMap<string, number>,
  height: number,
): readonly VNode[] {
  return [...columns].map(([name, x]) => {
    const deathIndex = steps.findIndex(({ fate, from }) => fate === "death" && from.name === name);
    const deathY = deathIndex < 0 ? height : HEAD + deathIndex * ROW + ROW / 2;
    return el(
      "g",
      null,
      el("text", { class: "actor", x, y: 22, "text-anchor": "middle" }, name),
      el("line", { class: "life", x1: x, x2: x, y1: 32, y2: deathY }),
      deathIndex < 0
        ? null
        : el("line", { class: "life gone", x1: x, x2: x, y1: deathY, y2: height }),
    );
  });
}

/** What the ledger shows in the end: it came out once too often. */
function ending(where: string, { y, columns }: Omit<Place, "zeroMs">): VNode {
  const x = columns.get("Postgres") ?? WIDTH / 2;
  return el(
    "g",
    { class: "step wrong" },
    el("text", { class: "time", x: 0, y: y + 4 }, "in the end"),
    pill(`${where}: once too often`, x, y),
  );
}

function pill(text: string, x: number, y: number): VNode {
  const width = Math.min(180, 20 + text.length * 6.4);
  return el(
    "g",
    null,
    el("rect", { class: "box", x: x - width / 2, y: y - 10, width, height: 20, rx: 10 }),
    el("text", { class: "says", x, y: y + 4, "text-anchor": "middle" }, text),
  );
}

interface Place {
  readonly y: number;
  readonly columns: ReadonlyMap<string, number>;
  readonly zeroMs: number | null;
}

function row(step: Step, { y, columns, zeroMs }: Place): VNode {
  const from = columns.get(step.from.name) ?? TIME_WIDTH;
  const to = step.to === null ? null : (columns.get(step.to.name) ?? TIME_WIDTH);
  return el(
    "g",
    { class: `step ${step.fate}` },
    el("title", null, `${step.words} ${step.proof}`),
    el(
      "text",
      { class: "time", x: 0, y: y + 4 },
      zeroMs === null ? `${Math.round(step.atMs)} ms` : offsetFrom(step.atMs - zeroMs),
    ),
    to === null ? mark(step, from, y) : arrow(step, { from, to, y }),
  );
}

function mark({ fate, short }: Step, x: number, y: number): VNode {
  if (fate === "death") {
    return el(
      "g",
      null,
      el("path", { class: "cross", d: `M${x - 7} ${y - 7}l14 14M${x - 7} ${y + 7}l14 -14` }),
      el("text", { class: "says", x: x + 14, y: y + 4 }, short),
    );
  }
  return pill(short, x, y);
}

/** A message that was dropped ends in a cross before its receiver; a held one is drawn broken. */
function arrow(
  step: Step,
  at: { readonly from: number; readonly to: number; readonly y: number },
): VNode {
  const { from, to, y } = at;
  const way = Math.sign(to - from);
  const isStopped = step.fate === "dropped" || step.fate === "held";
  const end = isStopped ? from + (to - from) * 0.62 : to - way * 3;
  const tip = isStopped
    ? el("path", {
        class: "cross",
        d:
          step.fate === "held"
            ? `M${end} ${y - 7}v14`
            : `M${end - 5} ${y - 5}l10 10M${end - 5} ${y + 5}l10 -10`,
      })
    : el("path", { class: "tip", d: `M${end} ${y}l${-way * 8} -4v8z` });
  return el(
    "g",
    null,
    el("line", { class: "arrow", x1: from + way * 3, x2: end, y1: y, y2: y }),
    tip,
    el(
      "text",
      { class: "says", x: (from + to) / 2, y: y - 5, "text-anchor": "middle" },
      step.short,
    ),
  );
}
