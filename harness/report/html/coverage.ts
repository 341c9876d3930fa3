import type { VNode } from "preact";
import { coverageOf, type Hop, type HopCoverage, type HopState } from "../facts/coverage.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import { drawing } from "./axis.ts";
import { chip, el, list, table, type Child } from "./el.ts";

const WIDTH = 960;
const HEIGHT = 232;
const TONES: Readonly<Record<HopState, "good" | "bad" | "warn" | "mute">> = {
  passed: "good",
  violated: "bad",
  "not reached": "warn",
  "not judged": "warn",
  "not tried": "mute",
};
const MARKS: Readonly<Record<HopState, string>> = {
  passed: "✓",
  violated: "✕",
  "not reached": "!",
  "not judged": "!",
  "not tried": "–",
};

/** Where failures were rehearsed along the way of a payment, and what may be claimed there. */
export function coverage(facts: readonly ScenarioFacts[]): readonly Child[] {
  const hops = coverageOf(facts);
  return [
    map(hops),
    table(
      {
        caption: "Boundary coverage",
        columns: ["Boundary", "State", "Tried", "Counted", "What may be said"],
      },
      hops.map(({ hop, state, tried, seen, claim, broken }): readonly Child[] => [
        hop,
        chip(TONES[state], state),
        tried.length === 0 ? "nothing" : list(tried),
        seen,
        state === "passed"
          ? el("span", null, el("strong", null, claim), ", under what was tried here")
          : state === "violated"
            ? el("span", null, el("s", null, claim), ` (broken: ${broken.join(", ")})`)
            : el("span", { class: "muted" }, "nothing is claimed"),
      ]),
    ),
  ];
}

interface Node {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

const NODES = {
  producer: { name: "Producer", x: 90, y: 112 },
  kafka: { name: "Kafka", x: 350, y: 112 },
  consumer: { name: "Consumer", x: 620, y: 112 },
  postgres: { name: "Postgres", x: 870, y: 52 },
  api: { name: "External API", x: 870, y: 172 },
} satisfies Record<string, Node>;

const PATHS: Readonly<Record<Hop, { readonly d: string; readonly x: number; readonly y: number }>> =
  {
    "producer→broker": { d: "M150 112H290", x: 220, y: 112 },
    "broker→consumer": { d: "M410 104H560", x: 485, y: 104 },
    "consumer→database": { d: "M680 100C740 96 750 56 806 53", x: 745, y: 74 },
    "consumer→API": { d: "M680 124C740 128 750 168 806 171", x: 745, y: 150 },
    "consumer→broker": { d: "M620 138C600 204 370 204 352 140", x: 486, y: 188 },
  };

function map(hops: readonly HopCoverage[]): VNode {
  return drawing(
    {
      width: WIDTH,
      height: HEIGHT,
      label: `Map of boundaries: ${hops.map(({ hop, state }) => `${hop} ${state}`).join(", ")}`,
    },
    hops.map(({ hop, state }) => {
      const { d, x, y } = PATHS[hop];
      return el(
        "g",
        { class: `hop ${TONES[state]}` },
        el("path", { class: "way", d }),
        el("circle", { cx: x, cy: y, r: 12 }),
        el("text", { class: "sign", x, y: y + 5, "text-anchor": "middle" }, MARKS[state]),
      );
    }),
    Object.values(NODES).map(({ name, x, y }) =>
      el(
        "g",
        { class: "node" },
        el("rect", { x: x - 62, y: y - 24, width: 124, height: 48, rx: 8 }),
        el("text", { x, y: y + 5, "text-anchor": "middle" }, name),
      ),
    ),
  );
}
