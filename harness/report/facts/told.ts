import type { Finding } from "../../model/guarantee.ts";
import { isAtRisk, type Payment } from "./payments.ts";
import { storyFacts, type Story } from "./story.ts";
import type { ScenarioFacts } from "./scenario-facts.ts";
import { counted, duration, money } from "../numbers.ts";

/** One payment whose story is told, and why. */
export interface Told {
  /** Element id. */
  readonly id: string;
  readonly key: string;
  readonly findings: readonly Finding[];
  readonly payment: Payment | null;
  /** Set when the fault struck it: the story is told even when it ended well. */
  readonly faultLabel: string | null;
  readonly story: Story | null;
  /** The story in three or four sentences. */
  readonly summary: readonly string[];
}

/** Findings first, then payments at risk without one, then those that a fault struck. */
export function toldOf(
  facts: ScenarioFacts,
  max: number,
): { readonly told: readonly Told[]; readonly left: number } {
  const keys = keysOf(facts);
  const told = keys
    .slice(0, max)
    .map((key, index) => tell(facts, key, `${facts.slug}-story-${index + 1}`));
  return { told, left: keys.length - told.length };
}

function keysOf({ result, payments, faults }: ScenarioFacts): readonly string[] {
  const found = result.guarantees.flatMap(({ findings }) =>
    findings.flatMap(({ key }) => key ?? []),
  );
  const risky = payments.filter(isAtRisk).map(({ key }) => key);
  const struck = faults.flatMap(({ firedAtMs, key }) =>
    firedAtMs === null || key === null ? [] : [key],
  );
  return [...new Set([...found, ...risky, ...struck])];
}

function tell(facts: ScenarioFacts, key: string, id: string): Told {
  const findings = facts.result.guarantees.flatMap(({ findings }) =>
    findings.filter((finding) => finding.key === key),
  );
  const payment = facts.payments.find((candidate) => candidate.key === key) ?? null;
  const fault = facts.faults.find(
    (candidate) => candidate.key === key && candidate.firedAtMs !== null,
  );
  return {
    id,
    key,
    findings,
    payment,
    faultLabel: fault?.label ?? null,
    story: facts.evidence === null ? null : storyFacts(facts.evidence, key),
    summary: summaryOf(facts, key, payment),
  };
}

/** Findings that name no key, e.g. of an account's money or of recovery. */
export function keylessFindings({ result }: ScenarioFacts): readonly Finding[] {
  return result.guarantees.flatMap(({ findings }) => findings.filter(({ key }) => key === null));
}

function summaryOf(facts: ScenarioFacts, key: string, payment: Payment | null): readonly string[] {
  const fault = facts.faults.find(
    (candidate) => candidate.key === key && candidate.firedAtMs !== null,
  );
  return [
    ...(payment === null ? [] : [openingOf(payment, facts.currency)]),
    ...(fault === undefined
      ? []
      : [
          `The rehearsed fault (${fault.kind}) struck ${fault.victim ?? "its consumer"} while this payment was in its hands, at ${fault.boundary}.`,
        ]),
    ...(payment === null || payment.deliveries === 0
      ? []
      : [`Kafka delivered it ${timesText(payment.deliveries)}${deliveredTo(facts, payment)}.`]),
    ...(payment === null ? [] : [endingOf(payment)]),
  ];
}

function openingOf({ amount, account, latencyMs }: Payment, currency: string | null): string {
  const seen =
    latencyMs === null
      ? "and no commit of it was seen"
      : `and first committed ${duration(latencyMs)} later`;
  return `A payment of ${money(amount, currency)} for ${account} was sent ${seen}.`;
}

const timesText = (times: number): string =>
  times === 1 ? "once" : times === 2 ? "twice" : counted(times, "time");

function deliveredTo({ evidence }: ScenarioFacts, { position }: Payment): string {
  const to = (evidence?.deliveries ?? [])
    .filter(
      ({ position: { topic, partition, offset } }) =>
        `${topic}[${partition}]@${offset}` === position,
    )
    .map(({ instance }) => instance);
  return to.length === 0
    ? ""
    : `: ${to.length === 1 ? "to " : "first to "}${to.join(", then to ")}`;
}

function endingOf({ effects, outcome }: Payment): string {
  const found = effects.map(({ id, times }) => `${id} ${times}×`).join(", ");
  const means: Readonly<Record<typeof outcome, string>> = {
    once: "one business outcome, as it should be",
    recovered: "one business outcome, although its sender never got an answer",
    duplicated: "it took effect more than once",
    lost: "it has no effect at all",
    torn: "only a part of its effects is there",
    phantom: "it is an effect without a cause",
    stalled: "it was not handled before the deadline",
    indeterminate: "the evidence does not tell",
  };
  return `The ledgers show ${found}: ${means[outcome]}.`;
}
