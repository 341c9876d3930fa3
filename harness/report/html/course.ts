import { scaleLinear } from "d3-scale";
import type { VNode } from "preact";
import { recoveryFacts, type RecoveryFacts } from "../facts/recovery.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import { stretchesOf } from "../facts/steady-state.ts";
import { count, duration, percent } from "../numbers.ts";
import { CHART_WIDTH, drawing, LABEL_WIDTH } from "./axis.ts";
import { el, list, table, type Child } from "./el.ts";

/** Traffic and latency before, during and after. */
export function steadyState(facts: ScenarioFacts): readonly Child[] {
  const stretches = stretchesOf(facts);
  if (stretches.length === 0) return [];
  const { rates } = facts.result;
  return [
    table(
      {
        caption: `Steady state of ${facts.result.id}`,
        columns: [
          "Stretch",
          "Lasted",
          "Sent",
          "Committed",
          "Commits per second",
          "Median latency",
          "95th percentile",
        ],
        numeric: [1, 2, 3, 4, 5, 6],
      },
      stretches.map(({ name, startMs, endMs, sent, committed, committedPerSecond, p50, p95 }) => [
        STRETCH_NAMES[name],
        duration(endMs - startMs),
        count(sent),
        count(committed),
        committedPerSecond.toFixed(1),
        p50 === null ? "–" : duration(p50),
        p95 === null ? "–" : duration(p95),
      ]),
    ),
    rates === undefined
      ? null
      : list([
          `${count(rates.redeliveries)} of ${count(rates.deliveries)} deliveries were repeats (${percent(rates.duplicateDeliveryRate)}).`,
          rates.dedupHitRatio === null
            ? "No event came again."
            : `${percent(rates.dedupHitRatio)} of the ${count(rates.eventsDeliveredAgain)} events that came again changed nothing.`,
          `${count(rates.apiCalls)} calls to the external API, ${count(rates.apiRetries)} of them repeats.`,
        ]),
  ];
}

const STRETCH_NAMES = {
  before: "before the fault",
  during: "during",
  after: "after its end was verified",
  "whole run": "whole run",
} as const;

/** Detection, first progress and drained on one scale with the target. */
export function recovery(facts: ScenarioFacts): readonly Child[] {
  const found = recoveryFacts(facts);
  if (found === null) return [];
  const { milestones, targetMs } = found;
  const { drainedMs } = facts.result.recovery;
  const verdict =
    targetMs === null || drainedMs === null
      ? "It never drained while it was watched."
      : `Drained ${duration(drainedMs)} after the last fault struck; the target is ${duration(targetMs)}: ${drainedMs <= targetMs ? "met" : "missed"}.`;
  return [el("p", { class: "lead" }, verdict), recoveryChart(found), milestoneTable(milestones)];
}

function milestoneTable(milestones: RecoveryFacts["milestones"]): VNode {
  return table(
    {
      caption: "Milestones of recovery",
      columns: ["Milestone", "After the fault", "Means"],
      numeric: [1],
    },
    milestones.map(({ name, ms, means }) => [name, ms === null ? "not seen" : duration(ms), means]),
  );
}

const ROW = 34;
const TOP = 26;

function recoveryChart({ milestones, targetMs }: RecoveryFacts): VNode {
  const most = Math.max(1, targetMs ?? 0, ...milestones.map(({ ms }) => ms ?? 0));
  const x = scaleLinear([0, most], [LABEL_WIDTH, CHART_WIDTH - 90]);
  const bottom = TOP + milestones.length * ROW;
  return drawing(
    { width: CHART_WIDTH, height: bottom + 12, label: "Recovery against its target" },
    milestones.map(({ name, ms }, index) => {
      const y = TOP + index * ROW;
      return el(
        "g",
        null,
        el(
          "text",
          { class: "lanename", x: LABEL_WIDTH - 14, y: y + 20, "text-anchor": "end" },
          name,
        ),
        el("rect", {
          class: "track",
          x: LABEL_WIDTH,
          y: y + 8,
          width: x(most) - LABEL_WIDTH,
          height: 16,
          rx: 3,
        }),
        ms === null
          ? null
          : el("rect", {
              class: `recovered ${targetMs !== null && ms > targetMs ? "late" : ""}`,
              x: LABEL_WIDTH,
              y: y + 8,
              width: Math.max(3, x(ms) - LABEL_WIDTH).toFixed(1),
              height: 16,
              rx: 3,
            }),
        el(
          "text",
          { class: "value", x: Math.max(LABEL_WIDTH + 6, x(ms ?? 0) + 8).toFixed(1), y: y + 20 },
          ms === null ? "not seen" : duration(ms),
        ),
      );
    }),
    targetMs === null
      ? null
      : el(
          "g",
          { class: "target" },
          el("line", { x1: x(targetMs), x2: x(targetMs), y1: TOP - 2, y2: bottom }),
          el(
            "text",
            { x: x(targetMs), y: 16, "text-anchor": "middle" },
            `target ${duration(targetMs)}`,
          ),
        ),
  );
}
