import { placeText } from "../../checker/evidence.ts";
import { linesOf, type Recorded } from "./recorded.ts";
import type { HistoryEvent } from "../../model/history.ts";
import { stepOf, type Step } from "./step.ts";

const FACTS_MAX = 160;

/** The story of one business key: what passed between whom, then what the ledgers say. */
export interface Story {
  readonly key: string;
  readonly actors: readonly string[];
  readonly steps: readonly Step[];
  readonly ledger: readonly LedgerLine[];
  /** When the first fault struck: times are told relative to it. */
  readonly zeroMs: number | null;
  /** True when the history holds more facts of this key than are told. */
  readonly isCut: boolean;
}

/** One effect found in a ledger after the run. */
export interface LedgerLine {
  readonly seq: number;
  readonly where: string;
  readonly text: string;
  /** True for all but the first of an effect that may be there only once. */
  readonly isRepeat: boolean;
}

/** Null when the history says nothing of the key. */
export function storyFacts(evidence: Recorded, key: string): Story | null {
  const lines = linesOf(evidence, key, FACTS_MAX + 1);
  const bySeq = indexed(evidence);
  const collectedSeq =
    evidence.events.find((event) => event.stream === "phase" && event.phase === "collect")?.seq ??
    Infinity;
  const events = lines.flatMap(({ seq }) => bySeq.get(seq) ?? []);
  const steps = events.flatMap((event) =>
    event.seq < collectedSeq ? (stepOf(event, evidence) ?? []) : [],
  );
  const ledger = ledgerOf(evidence, key);
  if (steps.length === 0 && ledger.length === 0) return null;
  return {
    key,
    steps,
    ledger,
    actors: actorsOf(steps),
    zeroMs: evidence.faults.find(({ moment }) => moment === "fired")?.atMs ?? null,
    isCut: lines.length > FACTS_MAX,
  };
}

const indexes = new WeakMap<Recorded, ReadonlyMap<number, HistoryEvent>>();

function indexed(evidence: Recorded): ReadonlyMap<number, HistoryEvent> {
  const known =
    indexes.get(evidence) ?? new Map(evidence.events.map((event) => [event.seq, event]));
  indexes.set(evidence, known);
  return known;
}

/** Workload and Kafka on the left, then the instances by name, Postgres, and the APIs. */
function actorsOf(steps: readonly Step[]): readonly string[] {
  const seen = new Map(
    steps
      .flatMap(({ from, to }) => [from, ...(to === null ? [] : [to])])
      .map((actor) => [actor.name, actor]),
  );
  const rank = { workload: 0, kafka: 1, instance: 2, postgres: 3, api: 4 } as const;
  return [...seen.values()]
    .sort((a, b) => rank[a.role] - rank[b.role] || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

function ledgerOf(evidence: Recorded, key: string): readonly LedgerLine[] {
  const events = evidence.expected.filter((event) => event.key === key);
  const effects = events.flatMap((event) =>
    (evidence.effects[event.slot] ?? []).flatMap((found = []) =>
      found.map(({ declaration, text, seq }, index) => ({
        seq,
        where: declaration.id,
        text,
        isRepeat:
          index > 0 && !(declaration.kind === "record" && declaration.delivery === "at-least-once"),
      })),
    ),
  );
  const strangers = evidence.strangers
    .filter((effect) => effect.key === key)
    .map(({ declaration, text, seq }) => ({ seq, where: declaration.id, text, isRepeat: false }));
  const finals = events.flatMap(({ position }) =>
    evidence.finals.flatMap((final) =>
      position !== null && final.topic === position.topic && final.partition === position.partition
        ? [
            {
              seq: final.seq,
              where: "Kafka",
              text: `committed offset of ${final.topic}[${final.partition}] is ${final.committed ?? "none"}, log end ${final.logEnd}; this record is ${placeText(position)}`,
              isRepeat: false,
            },
          ]
        : [],
    ),
  );
  return [...effects, ...strangers, ...finals];
}
