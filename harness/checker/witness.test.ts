import { expect, test } from "vitest";
import { GUARANTEES, type GuaranteeId } from "../model/guarantee.ts";
import type { HistoryEvent } from "../model/history.ts";
import { FINDINGS_MAX } from "./judge-scenario.ts";
import { judgeRun } from "./judge.ts";
import { mutations } from "./mutations.ts";
import { SAVED, savedEvents } from "./testing/saved.ts";
import { stamped, validBodies } from "./testing/history.ts";

type Events = readonly HistoryEvent[];

/** What is given beside a witness: the plan, that the run went to its end, and what was sent of the key. */
const GIVEN: ReadonlySet<HistoryEvent["stream"]> = new Set(["header", "assumption", "phase"]);

/** They compare totals, which no few events show. */
const OF_TOTALS: ReadonlySet<GuaranteeId> = new Set(["money-conserved", "metrics-tell-the-truth"]);

const cases: readonly (readonly [string, Events])[] = [
  ...SAVED.map((name) => [`saved run ${name}`, savedEvents(name)] as const),
  ...mutations.map(({ id, mutate }) => [id, mutate(stamped(validBodies())) ?? []] as const),
];

interface Found {
  readonly id: GuaranteeId;
  readonly key: string | null;
  readonly message: string;
  readonly seqs: readonly number[] | undefined;
  /** Of the scenario run it is in. */
  readonly events: Events;
}

function foundIn(history: Events): readonly Found[] {
  return judgeRun(history).flatMap((result) => {
    const events = history.filter(({ scenario }) => scenario === result.id);
    return result.guarantees.flatMap(({ id, findings }) =>
      findings
        .slice(0, FINDINGS_MAX)
        .map(({ key, message, seqs }) => ({ id, key, message, seqs, events })),
    );
  });
}

const isFoundIn = ({ id, key }: Found, events: Events): boolean =>
  (judgeRun(events)[0]?.guarantees ?? []).some(
    (guarantee) => guarantee.id === id && guarantee.findings.some((found) => found.key === key),
  );

/** Of the log only the input is given: an output record is an effect like a row. */
function isGiven(event: HistoryEvent, { key, events }: Found): boolean {
  // Of a key that nobody sent, all that was sent is the evidence that nobody did.
  const wasSent = events.some((other) => other.stream === "intent" && other.key === key);
  if (event.stream === "intent") return !wasSent || event.key === key;
  if (event.stream === "log") return event.role === "input" && (!wasSent || event.key === key);
  return GIVEN.has(event.stream);
}

test.each(cases)(
  "%s: each witness is enough, and without any one of its events it is not",
  (_, history) => {
    for (const found of foundIn(history)) {
      const { id, seqs, events } = found;
      expect(seqs === undefined, id).toBe(OF_TOTALS.has(id));
      if (seqs === undefined) continue;
      const witness = new Set(seqs);
      expect([...witness], id).toEqual(seqs.toSorted((a, b) => a - b));
      const kept = events.filter((event) => isGiven(event, found) || witness.has(event.seq));
      expect(isFoundIn(found, kept), `${found.message} ${seqs.join()} is not enough`).toBe(true);
      for (const seq of seqs) {
        const less = kept.filter((event) => event.seq !== seq);
        expect(isFoundIn(found, less), `${found.message} needs no ${seq}`).toBe(false);
      }
    }
  },
);

test("every guarantee has a witness that was tried so, or is one of totals", () => {
  const tried = new Set(cases.flatMap(([, history]) => foundIn(history).map(({ id }) => id)));
  expect(GUARANTEES.filter((id) => !tried.has(id))).toEqual([]);
});
