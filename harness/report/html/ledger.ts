import type { VNode } from "preact";
import { OUTCOMES, type Outcome } from "../../model/verdict.ts";
import { isAtRisk, type Payment } from "../facts/payments.ts";
import type { ScenarioFacts } from "../facts/scenario-facts.ts";
import type { Told } from "../facts/told.ts";
import { count, counted, duration, money } from "../numbers.ts";
import { sampled, type Budget } from "./budget.ts";
import { chip, code, el, leftOut, table, type Child } from "./el.ts";

const BAR_WIDTH = 960;
const TONES: Readonly<Record<Outcome, "good" | "bad" | "warn">> = {
  once: "good",
  recovered: "good",
  duplicated: "bad",
  lost: "bad",
  phantom: "bad",
  torn: "bad",
  stalled: "warn",
  indeterminate: "warn",
};

/** Outcomes counted, money at risk, and every payment with its effects. */
export function ledger(
  facts: ScenarioFacts,
  from: { readonly told: readonly Told[]; readonly budget: Budget },
): readonly Child[] {
  const { result, payments, currency } = facts;
  const risky = payments.filter(isAtRisk);
  const total = payments.reduce((sum, { amount }) => sum + amount, 0);
  const atRisk = risky.reduce((sum, { amount }) => sum + amount, 0);
  return [
    outcomeBar(facts),
    result.verdict === "inconclusive"
      ? el("p", { class: "note" }, "These counts prove nothing: the run is inconclusive.")
      : null,
    payments.length === 0
      ? null
      : el(
          "p",
          { class: "atrisk" },
          "Money at risk: ",
          el("strong", null, money(atRisk, currency)),
          ` in ${counted(risky.length, "payment")}, of ${money(total, currency)} in ${counted(payments.length, "payment")}.`,
        ),
    risky.length === 0
      ? null
      : paymentTable(risky.slice(0, from.budget.rows), {
          ...from,
          facts,
          caption: `Payments at risk in ${result.id}`,
        }),
    leftOut(Math.min(risky.length, from.budget.rows), risky.length, "payments at risk"),
    allPayments(facts, from),
  ];
}

function outcomeBar({ result }: ScenarioFacts): VNode {
  const { outcomes } = result;
  const seen = OUTCOMES.filter((name) => outcomes[name] > 0);
  const total = Math.max(
    1,
    seen.reduce((sum, name) => sum + outcomes[name], 0),
  );
  const widths = seen.map((name) => (outcomes[name] / total) * BAR_WIDTH);
  return el(
    "div",
    { class: "outcomes" },
    el(
      "svg",
      {
        viewBox: `0 0 ${BAR_WIDTH} 14`,
        preserveAspectRatio: "none",
        class: "outcomebar",
        "aria-hidden": "true",
      },
      seen.map((name, index) => {
        const x = widths.slice(0, index).reduce((sum, width) => sum + width, 0);
        return el("rect", {
          class: `outcome ${TONES[name]}`,
          x: x.toFixed(2),
          y: 0,
          width: Math.max(3, widths[index] ?? 0).toFixed(2),
          height: 14,
        });
      }),
    ),
    el(
      "ul",
      { class: "counts" },
      (
        [
          "once",
          "duplicated",
          "lost",
          "torn",
          "phantom",
          "recovered",
          "stalled",
          "indeterminate",
        ] as const
      )
        .filter(
          (name) =>
            outcomes[name] > 0 || name === "duplicated" || name === "lost" || name === "once",
        )
        .map((name) =>
          el(
            "li",
            { class: outcomes[name] > 0 ? TONES[name] : "none" },
            el("strong", null, count(outcomes[name])),
            ` ${name}`,
          ),
        ),
    ),
  );
}

interface Listing {
  readonly told: readonly Told[];
  readonly facts: ScenarioFacts;
  readonly caption: string;
}

function paymentTable(payments: readonly Payment[], { told, facts, caption }: Listing): VNode {
  const stories = new Map(told.map(({ key, id }) => [key, id]));
  return table(
    {
      caption,
      columns: [
        "Payment",
        "Outcome",
        "Amount",
        "Account",
        "Delivered",
        "Effects found",
        "Commit after",
        "Record",
      ],
      numeric: [2, 4, 6],
    },
    payments.map((payment) => {
      const story = stories.get(payment.key);
      const name = code(payment.key);
      return [
        story === undefined ? name : el("a", { href: `#${story}` }, name),
        chip(TONES[payment.outcome], payment.outcome),
        money(payment.amount, facts.currency),
        payment.account,
        `${payment.deliveries}×`,
        payment.effects.map(({ id, times }) => `${id} ${times}`).join(" · "),
        payment.latencyMs === null ? "not seen" : duration(payment.latencyMs),
        payment.position === null ? "place unknown" : code(payment.position),
      ];
    }),
  );
}

function allPayments(
  facts: ScenarioFacts,
  { told, budget }: { readonly told: readonly Told[]; readonly budget: Budget },
): VNode | null {
  const { payments, slug, result } = facts;
  if (payments.length === 0) return null;
  const shown = sampled(payments, budget.rows, isAtRisk);
  return el(
    "details",
    { class: "all" },
    el("summary", null, `All ${counted(payments.length, "payment")}, one by one`),
    el(
      "p",
      { class: "filter", hidden: true },
      el("label", { for: `${slug}-filter` }, "Show only payments that contain "),
      el("input", { id: `${slug}-filter`, type: "search", autocomplete: "off" }),
    ),
    paymentTable(shown, { told, facts, caption: `Payments of ${result.id}` }),
    leftOut(shown.length, payments.length, "payments"),
  );
}
