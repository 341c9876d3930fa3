import type { GuaranteeId } from "../../model/guarantee.ts";
import { count, counted } from "../numbers.ts";
import type { ScenarioFacts } from "./scenario-facts.ts";

export const HOPS = [
  "producer→broker",
  "broker→consumer",
  "consumer→database",
  "consumer→API",
  "consumer→broker",
] as const;
export type Hop = (typeof HOPS)[number];

/** `not reached`: a fault was planned there and never struck. `not tried`: none was planned. */
export type HopState = "violated" | "passed" | "not reached" | "not tried" | "not judged";

export interface HopCoverage {
  readonly hop: Hop;
  readonly state: HopState;
  /** What may be claimed of this boundary when it holds. */
  readonly claim: string;
  /** What was tried there. */
  readonly tried: readonly string[];
  /** What was counted there. */
  readonly seen: string;
  readonly broken: readonly GuaranteeId[];
}

const CLAIMS: Readonly<Record<Hop, string>> = {
  "producer→broker": "at-least-once from the producer: what is acknowledged is on the log",
  "broker→consumer": "at-least-once with idempotent consumer",
  "consumer→database": "effectively-once business outcome",
  "consumer→API": "at-least-once calls, effectively once by idempotency key",
  "consumer→broker": "at-least-once publishing, each record naming its event",
};

const GUARANTEES_OF: Readonly<Record<Hop, readonly GuaranteeId[]>> = {
  "producer→broker": [],
  "broker→consumer": [
    "no-lost-effects",
    "no-duplicate-effects",
    "every-input-accounted",
    "offsets-never-ahead-of-effects",
    "ordered-per-key",
  ],
  "consumer→database": [
    "no-duplicate-effects",
    "no-phantom-effects",
    "no-torn-outcomes",
    "money-conserved",
    "no-stale-overwrites",
    "no-zombie-effects",
    "dedup-outlives-redelivery",
  ],
  "consumer→API": ["no-duplicate-calls", "idempotency-keys-stable"],
  "consumer→broker": ["outbox-fully-published", "no-phantom-publishes", "no-duplicate-publishes"],
};

/** Faults that strike a broker, whatever the boundary that triggers them. */
const BROKER_FAULTS = new Set(["restart-broker", "pause-broker", "partition-brokers"]);

interface Trial {
  readonly what: string;
  readonly hasStruck: boolean;
}

/** What was tried at each boundary, and what came of it, over these scenarios. */
export function coverageOf(facts: readonly ScenarioFacts[]): readonly HopCoverage[] {
  return HOPS.map((hop) => {
    const trials = facts.flatMap((scenario) => trialsOf(hop, scenario));
    const relevant = facts.flatMap(({ result }) =>
      result.guarantees.filter(({ id }) => GUARANTEES_OF[hop].includes(id)),
    );
    const broken = relevant.flatMap(({ id, violated }) => (violated === true ? [id] : []));
    const isJudged = facts.every(
      ({ result }) => result.verdict === "pass" || result.verdict === "violated",
    );
    return {
      hop,
      state: stateOf({ trials, isBroken: broken.length > 0, isJudged }),
      claim: CLAIMS[hop],
      tried: [...new Set(trials.map(({ what }) => what))],
      seen: seenAt(hop, facts),
      broken: [...new Set(broken)],
    };
  });
}

function stateOf(at: {
  readonly trials: readonly Trial[];
  readonly isBroken: boolean;
  readonly isJudged: boolean;
}): HopState {
  if (at.isBroken) return "violated";
  if (at.trials.length === 0) return "not tried";
  if (!at.trials.some(({ hasStruck }) => hasStruck)) return "not reached";
  return at.isJudged ? "passed" : "not judged";
}

function trialsOf(hop: Hop, { faults, evidence, result }: ScenarioFacts): readonly Trial[] {
  const ofFaults = faults
    .filter(({ boundary, kind }) => isAt(hop, { boundary, kind }))
    .map(({ kind, boundary, firedAtMs }) => ({
      what: `${kind} at ${boundary}`,
      hasStruck: firedAtMs !== null,
    }));
  if (hop === "broker→consumer" && result.exercised.redelivered.length > 0) {
    return [...ofFaults, { what: "forced redelivery", hasStruck: true }];
  }
  if (hop === "producer→broker" && evidence !== null && evidence.copies.length > 0) {
    return [...ofFaults, { what: "event sent twice by the producer", hasStruck: true }];
  }
  return ofFaults;
}

function isAt(hop: Hop, at: { readonly boundary: string; readonly kind: string }): boolean {
  const { boundary, kind } = at;
  switch (hop) {
    case "producer→broker":
      return BROKER_FAULTS.has(kind);
    case "broker→consumer":
      return /^kafka\.(?:fetch|offset-commit)\./.test(boundary) || kind === "reset-offsets";
    case "consumer→database":
      return boundary.startsWith("postgres.") || kind === "restart-postgres";
    case "consumer→API":
      return boundary.startsWith("http.");
    case "consumer→broker":
      return /^kafka\.(?:produce|txn-end)\./.test(boundary);
  }
}

function seenAt(hop: Hop, facts: readonly ScenarioFacts[]): string {
  const total = (pick: (scenario: ScenarioFacts) => number): number =>
    facts.reduce((sum, scenario) => sum + pick(scenario), 0);
  const rates = facts.flatMap(({ result }) => result.rates ?? []);
  const sum = (pick: (rate: (typeof rates)[number]) => number): number =>
    rates.reduce((before, rate) => before + pick(rate), 0);
  switch (hop) {
    case "producer→broker":
      return `${counted(
        total(({ evidence }) => evidence?.intents.length ?? 0),
        "event",
      )} sent, ${count(total(({ evidence }) => evidence?.inputLog.length ?? 0))} on the log`;
    case "broker→consumer": {
      const again = sum(({ eventsDeliveredAgain }) => eventsDeliveredAgain);
      const absorbed = sum(({ eventsDeliveredAgain, dedupHitRatio }) =>
        Math.round(eventsDeliveredAgain * (dedupHitRatio ?? 0)),
      );
      return `${counted(
        total(({ result }) => result.exercised.deliveries),
        "delivery",
        "deliveries",
      )}; ${counted(again, "event")} came again, ${count(absorbed)} of them changed nothing the second time`;
    }
    case "consumer→database": {
      const settled = total(({ result }) => result.outcomes.once + result.outcomes.recovered);
      return `${count(settled)} of ${counted(
        total(({ result }) => result.outcomes.expected),
        "payment",
      )} with one outcome`;
    }
    case "consumer→API":
      return `${counted(
        sum(({ apiCalls }) => apiCalls),
        "call",
      )}, ${count(sum(({ apiRetries }) => apiRetries))} of them repeated`;
    case "consumer→broker":
      return `${counted(
        total(({ evidence }) => evidence?.outputLog.length ?? 0),
        "record",
      )} published`;
  }
}
