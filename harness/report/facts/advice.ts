import type { GuaranteeId } from "../../model/guarantee.ts";
import type { ScenarioFacts } from "./scenario-facts.ts";

/** What to do about a broken guarantee, with the evidence it rests on. */
export interface Advice {
  readonly guarantee: GuaranteeId;
  readonly text: string;
  readonly evidence: string;
  readonly scenario: string;
}

const ADVICE: Readonly<Record<GuaranteeId, string>> = {
  "no-lost-effects":
    "Commit the offset only after the effects are committed, and never for a record whose handler failed.",
  "no-duplicate-effects":
    "Insert a dedup row keyed by (consumer, event id, operation) in the same transaction as the effect, and let its row count decide whether the effect is written.",
  "no-phantom-effects":
    "Derive every effect from a record on the input log; look for writers that bypass the consumer.",
  "no-torn-outcomes":
    "Write all effects of an event in one transaction; hand external calls and publishing over to rows written in it (capture intents, outbox).",
  "no-duplicate-calls":
    "Send an idempotency key derived from the event with every call, and look the key up before a retry.",
  "idempotency-keys-stable":
    "Derive the idempotency key from the event alone and store it before the first attempt: no clock, attempt number, instance or version may go into it.",
  "outbox-fully-published":
    "Let the relay read what is unpublished, not what is beyond a cursor: transactions commit in another order than their ids.",
  "money-conserved":
    "Change the balance in the transaction of its ledger entry, by increment or with a version check.",
  "offsets-never-ahead-of-effects":
    "Turn off automatic offset commits, or commit offsets only once the database has answered COMMIT.",
  "every-input-accounted":
    "Give up on a record only by writing it, with its place, to the dead letters.",
  "no-phantom-publishes": "Publish from the outbox, after COMMIT, never from inside the handler.",
  "no-duplicate-publishes":
    "Put the event id in a header of every published record, so that consumers can tell a repeat.",
  "ordered-per-key": "Handle the records of one key one after the other, in partition order.",
  "no-stale-overwrites":
    "Change the balance only where its version is the one that was read, and retry otherwise.",
  "no-zombie-effects":
    "Fence late writers: a version or generation check in the transaction, or the dedup row before any effect.",
  "dedup-outlives-redelivery":
    "Keep dedup rows longer than anything can be delivered again: topic retention, offset retention and replays; and keep the key the same across versions.",
  "metrics-tell-the-truth":
    "Count an effect where it is committed and a duplicate where the dedup row refuses it; until then alerts on these metrics mislead.",
  "recovers-within":
    "Find what the time went into with the milestones: detection (session timeout), rebalance, or working off the backlog.",
};

export function adviceFor(id: GuaranteeId): string {
  return ADVICE[id];
}

/** One piece of advice for each guarantee a scenario broke. */
export function adviceOf(facts: readonly ScenarioFacts[]): readonly Advice[] {
  return facts.flatMap(({ result }) =>
    result.guarantees.flatMap(({ id, violated, findings }) =>
      violated === true
        ? [
            {
              guarantee: id,
              text: ADVICE[id],
              evidence: findings[0]?.message ?? "no finding was kept",
              scenario: result.id,
            },
          ]
        : [],
    ),
  );
}
