import type { VNode } from "preact";
import type { Recorded } from "../facts/recorded.ts";
import { lanesOf, type Lane, type Mark } from "../facts/lanes.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import {
  CHART_WIDTH,
  drawing,
  faultBands,
  instanceClass,
  LABEL_WIDTH,
  timeAxis,
  timeTicks,
  type TimeAxis,
} from "./axis.ts";
import { sampled, type Budget } from "./budget.ts";
import { el, leftOut, type Child } from "./el.ts";

const LANE_HEIGHT = 34;
const GROUP_GAP = 14;
const TOP = 52;

/** Lanes per instance, partition and link under the fault bands. */
export function timeline(
  facts: ScenarioFacts,
  evidence: Recorded,
  budget: Budget,
): readonly Child[] {
  const axis = timeAxis(facts);
  if (axis === null)
    return [el("p", { class: "note" }, "The journal holds no stretch of time to draw.")];
  const { lanes, instances } = lanesOf(evidence, axis.span);
  const tops = laneTops(lanes);
  const bottom = (tops.at(-1) ?? TOP) + LANE_HEIGHT + 6;
  const marks = lanes.reduce((sum, lane) => sum + lane.marks.length, 0);
  const perLane = Math.max(20, Math.floor(budget.marks / Math.max(1, lanes.length)));
  const shown = lanes.map((lane) => ({ ...lane, marks: sampled(lane.marks, perLane, isSpecial) }));
  return [
    el(
      "p",
      { class: "hint" },
      `Time runs to the right; 0 is ${axis.zeroName}. The shaded band is the fault, from the moment it struck until its end was verified.`,
    ),
    drawing(
      {
        width: CHART_WIDTH,
        height: bottom + 26,
        label: `Timeline of ${instances.length} instances with fault bands`,
      },
      timeTicks(axis, TOP - 6, bottom),
      faultBands(facts, axis, { top: 8, bottom }),
      shown.map((lane, index) => laneRow(lane, { y: tops[index] ?? TOP, axis, instances })),
    ),
    legend(instances),
    leftOut(
      shown.reduce((sum, lane) => sum + lane.marks.length, 0),
      marks,
      "marks",
    ),
  ];
}

const isSpecial = ({ kind }: Mark): boolean =>
  kind !== "delivery" && kind !== "commit" && kind !== "offset";

function laneTops(lanes: readonly Lane[]): readonly number[] {
  let y = TOP;
  return lanes.map((lane, index) => {
    const previous = lanes[index - 1];
    if (previous !== undefined) y += LANE_HEIGHT + (previous.group === lane.group ? 0 : GROUP_GAP);
    return y;
  });
}

interface Place {
  readonly y: number;
  readonly axis: TimeAxis;
  readonly instances: readonly string[];
}

function laneRow(lane: Lane, { y, axis, instances }: Place): VNode {
  const middle = y + LANE_HEIGHT / 2;
  return el(
    "g",
    { class: "lane" },
    el(
      "text",
      { class: "lanename", x: LABEL_WIDTH - 14, y: middle + 4, "text-anchor": "end" },
      short(lane.name),
    ),
    el("line", { class: "rail", x1: LABEL_WIDTH, x2: CHART_WIDTH - 16, y1: middle, y2: middle }),
    lane.bars.map(({ fromMs, toMs, instance, kind }) => {
      const x = axis.x(clamp(fromMs, axis));
      const width = Math.max(1, axis.x(clamp(toMs, axis)) - x);
      const height = kind === "life" ? 14 : 8;
      return el("rect", {
        class: `bar ${kind} ${instanceClass(instance, instances)}`,
        x: x.toFixed(1),
        y: middle - height / 2,
        width: width.toFixed(1),
        height,
        rx: 3,
      });
    }),
    lane.marks.map((mark) => markShape(mark, axis.x(clamp(mark.atMs, axis)), middle)),
  );
}

const clamp = (ms: number, { span }: TimeAxis): number =>
  Math.min(span.endMs, Math.max(span.startMs, ms));
const short = (name: string): string => (name.length <= 22 ? name : `${name.slice(0, 21)}…`);

function markShape({ kind, title }: Mark, x: number, y: number): VNode {
  const at = x.toFixed(1);
  const says = el("title", null, title);
  switch (kind) {
    case "delivery":
      return el("circle", { class: "mark delivery", cx: at, cy: y, r: 2 }, says);
    case "redelivery":
      return el(
        "path",
        { class: "mark redelivery", d: `M${at} ${y - 6}l5.5 6l-5.5 6l-5.5 -6z` },
        says,
      );
    case "commit":
    case "offset":
      return el("line", { class: `mark ${kind}`, x1: at, x2: at, y1: y + 8, y2: y + 14 }, says);
    case "held":
    case "dropped":
      return el("path", { class: `mark ${kind}`, d: cross(x, y, 5) }, says);
    case "death":
      return el("path", { class: "mark death", d: cross(x, y, 7) }, says);
  }
}

function cross(x: number, y: number, size: number): string {
  const [left, right] = [(x - size).toFixed(1), (x + size).toFixed(1)];
  return `M${left} ${y - size}L${right} ${y + size}M${left} ${y + size}L${right} ${y - size}`;
}

function legend(instances: readonly string[]): VNode {
  const key = (shape: VNode, text: string): VNode =>
    el(
      "li",
      null,
      el("svg", { width: 18, height: 18, viewBox: "0 0 18 18", "aria-hidden": "true" }, shape),
      text,
    );
  const mark = (kind: Mark["kind"], y = 9): VNode => markShape({ kind, atMs: 0, title: "" }, 9, y);
  return el(
    "ul",
    { class: "legend" },
    instances.map((name) =>
      key(
        el("rect", {
          class: `bar life ${instanceClass(name, instances)}`,
          x: 1,
          y: 4,
          width: 16,
          height: 10,
          rx: 3,
        }),
        name,
      ),
    ),
    key(mark("delivery"), "delivered"),
    key(mark("redelivery"), "delivered again"),
    key(mark("commit", -2), "database commit, offset commit"),
    key(mark("held"), "frame held or dropped"),
    key(mark("death"), "process gone"),
  );
}
