import { scaleLinear, type ScaleLinear } from "d3-scale";
import { curveStepAfter, line } from "d3-shape";
import type { VNode } from "preact";
import { isAtRisk, type Payment } from "../facts/payments.ts";
import type { Recorded } from "../facts/recorded.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import { stretchesOf, type Stretch } from "../facts/steady-state.ts";
import { duration } from "../numbers.ts";
import { CHART_WIDTH, drawing, faultBands, timeAxis, timeTicks, type TimeAxis } from "./axis.ts";
import { sampled, type Budget } from "./budget.ts";
import { el, leftOut, type Child } from "./el.ts";

const LEFT = 76;
const TOP = 16;
const BOTTOM = 250;
const RATE_BOTTOM = 150;
const BINS = 60;

/** Latency of each payment with quantiles, and the rates of sending and committing, under the fault bands. */
export function latencyCharts(facts: ScenarioFacts, _: Recorded, budget: Budget): readonly Child[] {
  const axis = timeAxis(facts, LEFT);
  const timed = facts.payments.filter(({ latencyMs }) => latencyMs !== null);
  if (axis === null || timed.length === 0) {
    return [
      el("p", { class: "note" }, "No payment was seen to commit: there is no latency to draw."),
    ];
  }
  const shown = sampled(
    timed,
    budget.marks,
    (payment) => isAtRisk(payment) || payment.deliveries > 1,
  );
  const most = timed.reduce((max, { latencyMs }) => Math.max(max, latencyMs ?? 0), 1);
  const y = scaleLinear([0, most], [BOTTOM, TOP + 24]).nice(5);
  return [
    el("h4", null, "From the send to the first commit"),
    drawing(
      {
        width: CHART_WIDTH,
        height: BOTTOM + 26,
        label: `Latency of ${timed.length} payments, quantiles before, during and after the fault`,
      },
      yTicks(y, (ms) => duration(ms)),
      timeTicks(axis, TOP, BOTTOM),
      faultBands(facts, axis, { top: TOP - 8, bottom: BOTTOM }),
      shown.map((payment) => point(payment, axis, y)),
      stretchesOf(facts).map((stretch) => quantileLines(stretch, axis, y)),
    ),
    legend([
      [el("circle", { class: "point once", cx: 9, cy: 9, r: 3 }), "payment"],
      [el("circle", { class: "point again", cx: 9, cy: 9, r: 4 }), "delivered more than once"],
      [el("path", { class: "point risk", d: "M4 4L14 14M4 14L14 4" }), "outcome not once"],
      [el("line", { class: "q50", x1: 1, x2: 17, y1: 9, y2: 9 }), "median"],
      [el("line", { class: "q95", x1: 1, x2: 17, y1: 9, y2: 9 }), "95th percentile"],
    ]),
    leftOut(shown.length, timed.length, "payments"),
    el("h4", null, "Payments per second"),
    rateChart(facts, axis),
    legend([
      [el("line", { class: "sent", x1: 1, x2: 17, y1: 9, y2: 9 }), "sent"],
      [el("line", { class: "done", x1: 1, x2: 17, y1: 9, y2: 9 }), "committed"],
    ]),
  ];
}

function legend(items: readonly (readonly [VNode, string])[]): VNode {
  return el(
    "ul",
    { class: "legend" },
    items.map(([shape, text]) =>
      el(
        "li",
        null,
        el("svg", { width: 18, height: 18, viewBox: "0 0 18 18", "aria-hidden": "true" }, shape),
        text,
      ),
    ),
  );
}

type Scale = ScaleLinear<number, number>;

function yTicks(y: Scale, name: (value: number) => string): VNode {
  return el(
    "g",
    { class: "axis" },
    y.ticks(5).map((value) => {
      const at = y(value).toFixed(1);
      return el(
        "g",
        null,
        el("line", { class: "hair", x1: LEFT, x2: CHART_WIDTH - 16, y1: at, y2: at }),
        el("text", { x: LEFT - 10, y: Number(at) + 4, "text-anchor": "end" }, name(value)),
      );
    }),
  );
}

function point(payment: Payment, axis: TimeAxis, y: Scale): VNode {
  const { key, sentAtMs, latencyMs, outcome, deliveries } = payment;
  const cx = axis.x(sentAtMs);
  const cy = y(latencyMs ?? 0);
  const says = el(
    "title",
    null,
    `${key}: ${duration(latencyMs ?? 0)}, ${outcome}, delivered ${deliveries}×`,
  );
  if (isAtRisk(payment)) {
    const d = `M${(cx - 5).toFixed(1)} ${(cy - 5).toFixed(1)}l10 10M${(cx - 5).toFixed(1)} ${(cy + 5).toFixed(1)}l10 -10`;
    return el("path", { class: "point risk", d }, says);
  }
  const kind = deliveries > 1 ? "again" : "once";
  return el(
    "circle",
    { class: `point ${kind}`, cx: cx.toFixed(1), cy: cy.toFixed(1), r: kind === "again" ? 4 : 2.6 },
    says,
  );
}

function quantileLines(stretch: Stretch, axis: TimeAxis, y: Scale): VNode {
  const x1 = axis.x(Math.max(stretch.startMs, axis.span.startMs)).toFixed(1);
  const x2 = axis.x(stretch.endMs).toFixed(1);
  const at = (ms: number | null, name: string): readonly VNode[] =>
    ms === null
      ? []
      : [el("line", { class: name, x1, x2, y1: y(ms).toFixed(1), y2: y(ms).toFixed(1) })];
  return el("g", null, at(stretch.p50, "q50"), at(stretch.p95, "q95"));
}

function rateChart(facts: ScenarioFacts, axis: TimeAxis): VNode {
  const { startMs, endMs } = axis.span;
  const width = (endMs - startMs) / BINS;
  const sent = perSecond(
    facts.payments.map(({ sentAtMs }) => sentAtMs),
    axis,
    width,
  );
  const done = perSecond(
    facts.payments.flatMap(({ sentAtMs, latencyMs }) =>
      latencyMs === null ? [] : [sentAtMs + latencyMs],
    ),
    axis,
    width,
  );
  const y = scaleLinear([0, Math.max(1, ...sent, ...done)], [RATE_BOTTOM, TOP + 24]).nice(4);
  const path = line<number>(
    (_, index) => axis.x(startMs + index * width),
    (rate) => y(rate),
  )
    .curve(curveStepAfter)
    .digits(1);
  return drawing(
    {
      width: CHART_WIDTH,
      height: RATE_BOTTOM + 26,
      label: "Payments sent and committed per second",
    },
    yTicks(y, String),
    timeTicks(axis, TOP, RATE_BOTTOM),
    faultBands(facts, axis, { top: TOP - 8, bottom: RATE_BOTTOM }),
    el("path", { class: "sent", d: path(sent) ?? "" }),
    el("path", { class: "done", d: path(done) ?? "" }),
  );
}

function perSecond(
  timesMs: readonly number[],
  { span }: TimeAxis,
  widthMs: number,
): readonly number[] {
  const bins = Array.from({ length: BINS + 1 }, () => 0);
  for (const ms of timesMs) {
    const index = Math.floor((ms - span.startMs) / widthMs);
    if (index >= 0 && index < BINS) bins[index] = (bins[index] ?? 0) + 1000 / widthMs;
  }
  return bins;
}
