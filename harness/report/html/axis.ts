import { scaleLinear, type ScaleLinear } from "d3-scale";
import type { VNode } from "preact";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import type { Span } from "../facts/span.ts";
import { offsetFrom } from "../numbers.ts";
import { el } from "./el.ts";

export const CHART_WIDTH = 960;
export const LABEL_WIDTH = 148;
const RIGHT = 16;

/** A horizontal time axis: milliseconds of the run's clock to x, told relative to the first fault. */
export interface TimeAxis {
  readonly x: ScaleLinear<number, number>;
  readonly span: Span;
  readonly zeroMs: number;
  readonly zeroName: string;
}

export function timeAxis(facts: ScenarioFacts, left = LABEL_WIDTH): TimeAxis | null {
  const { span, faults, payments } = facts;
  if (span === null) return null;
  const fired = faults.flatMap(({ firedAtMs }) => firedAtMs ?? []);
  const isStruck = fired.length > 0;
  return {
    x: scaleLinear([span.startMs, span.endMs], [left, CHART_WIDTH - RIGHT]),
    span,
    zeroMs: isStruck ? Math.min(...fired) : (payments[0]?.sentAtMs ?? span.startMs),
    zeroName: isStruck ? "the first fault" : "the first payment sent",
  };
}

/** Ticks at round distances from the zero, with hair lines from `top` to `bottom`. */
export function timeTicks(axis: TimeAxis, top: number, bottom: number): VNode {
  const relative = scaleLinear(
    [axis.span.startMs - axis.zeroMs, axis.span.endMs - axis.zeroMs],
    [0, 1],
  );
  return el(
    "g",
    { class: "axis" },
    relative.ticks(8).map((ms) => {
      const x = axis.x(axis.zeroMs + ms).toFixed(1);
      return el(
        "g",
        null,
        el("line", { x1: x, x2: x, y1: top, y2: bottom, class: ms === 0 ? "zero" : "hair" }),
        el("text", { x, y: bottom + 16, "text-anchor": "middle" }, ms === 0 ? "0" : offsetFrom(ms)),
      );
    }),
  );
}

/** Each fault from when it struck to when its heal was verified, behind what is drawn over it. */
export function faultBands(
  facts: ScenarioFacts,
  axis: TimeAxis,
  at: { readonly top: number; readonly bottom: number },
): VNode {
  return el(
    "g",
    { class: "bands" },
    facts.faults.flatMap(({ label, kind, firedAtMs, endAtMs }, index) => {
      if (firedAtMs === null) return [];
      const from = axis.x(firedAtMs);
      const width = Math.max(2, axis.x(Math.min(endAtMs ?? firedAtMs, axis.span.endMs)) - from);
      return [
        el("rect", {
          class: "band",
          x: from.toFixed(1),
          y: at.top,
          width: width.toFixed(1),
          height: at.bottom - at.top,
        }),
        el("line", {
          class: "strike",
          x1: from.toFixed(1),
          x2: from.toFixed(1),
          y1: at.top,
          y2: at.bottom,
        }),
        el(
          "text",
          { class: "bandname", x: (from + 5).toFixed(1), y: at.top + 13 + (index % 3) * 13 },
          `${label} ${kind}`,
        ),
      ];
    }),
  );
}

/** A drawing that scrolls sideways on narrow screens; its text twin is in the report beside it. */
export function drawing(
  size: { readonly width: number; readonly height: number; readonly label: string },
  ...children: readonly (VNode | null | readonly (VNode | null)[])[]
): VNode {
  return el(
    "div",
    {
      class: "scroll drawing",
      tabindex: 0,
      role: "group",
      "aria-label": `${size.label} (drawing)`,
    },
    el(
      "svg",
      {
        viewBox: `0 0 ${size.width} ${size.height}`,
        width: size.width,
        height: size.height,
        role: "img",
        "aria-label": size.label,
      },
      children,
    ),
  );
}

/** The class that colours an instance, the same in every drawing. */
export function instanceClass(instance: string, instances: readonly string[]): string {
  return `i${(Math.max(0, instances.indexOf(instance)) % 5) + 1}`;
}
