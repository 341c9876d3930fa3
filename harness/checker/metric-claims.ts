import type { MetricsDeclaration, Series } from "../model/run-header.ts";
import { effectsFor, type Evidence } from "./evidence.ts";
import { Places } from "./places.ts";
import type { Repeats } from "./repeats-by-instance.ts";

/** What an instance's own counter showed, and what the evidence allows it to show. */
export interface Claim {
  readonly what: string;
  readonly shown: number;
  readonly least: number;
  readonly most: number;
}

type Bounds = Pick<Claim, "least" | "most">;

/** What is told of one instance, and what there is to hold it against. */
interface Told {
  readonly evidence: Evidence;
  readonly declared: MetricsDeclaration;
  readonly instance: string;
  readonly repeats: Repeats;
  /** COMMITs it was never told of: it may not have counted what they did. */
  readonly unsure: number;
}

/** Every counter that is declared, of one instance that lived through the run. */
export function claimsOf(
  evidence: Evidence,
  instance: string,
  repeats: Repeats = { least: 0, most: 0 },
): readonly Claim[] {
  const declared = evidence.header.metrics;
  if (declared === undefined || declared === null) return [];
  const unsure = evidence.wires.commitsWithoutAnswer(instance);
  const told: Told = { evidence, declared, instance, repeats, unsure };
  return [
    ...claimsOfEffects(told),
    ...claimsOfDeliveries(told),
    ...claimsOfCalls(told),
    ...claimsOfLatency(told),
  ];
}

function claimsOfEffects(told: Told): readonly Claim[] {
  const { evidence, declared, instance } = told;
  const letters = evidence.header.deadLetters?.table;
  const counters = [
    ...(declared.effects ?? []).map((series) => {
      const table = tableOf(evidence, series.effect);
      return { series, table, what: `effects in ${table}` };
    }),
    ...(declared.deadLetters === undefined || letters === undefined
      ? []
      : [{ series: declared.deadLetters, table: letters, what: "dead letters" }]),
  ];
  return counters.map(({ series, table, what }) =>
    claim(
      told,
      `${what} (${series.series})`,
      series,
      written(told, evidence.changes.insertsBy(instance, table)),
    ),
  );
}

/** Which of the deliveries of a batch reached the handler, no wire can tell: those that left a mark did. */
function claimsOfDeliveries(told: Told): readonly Claim[] {
  const { evidence, declared, instance, repeats, unsure } = told;
  const { duplicates, deliveries, retries } = declared;
  const own = evidence.deliveries.filter((delivery) => delivery.instance === instance);
  const records = new Places(own.map(({ position }) => [position, true] as const));
  const letters = evidence.header.deadLetters?.table;
  const kept = letters === undefined ? 0 : evidence.changes.insertsBy(instance, letters);
  const handled = mostPerInput(told, (table) => evidence.changes.insertsBy(instance, table)) + kept;
  return [
    ...optional(duplicates, (series) =>
      claim(told, `duplicate deliveries (${series.series})`, series, {
        least: repeats.least,
        most: repeats.most + unsure,
      }),
    ),
    ...optional(deliveries, (series) =>
      claim(told, `deliveries (${series.series})`, series, {
        least: Math.max(0, handled - unsure) + repeats.least,
        most: own.length,
      }),
    ),
    ...optional(retries, (series) =>
      claim(told, `handler retries (${series.series})`, series, {
        least: 0,
        most: own.length - records.size,
      }),
    ),
  ];
}

/**
 * A call that its caller gave up may never have been sent, or have been answered too late for it: so
 * that many may be more than the API received, and no number of answers must have been seen.
 */
function claimsOfCalls(told: Told): readonly Claim[] {
  const { evidence, declared, instance } = told;
  if (declared.calls === undefined) return [];
  const { api, unknown: silent, ...series } = declared.calls;
  const least = evidence.attempts.filter(
    (call) => call.instance === instance && call.api === api && call.moment === "received",
  ).length;
  const what = `calls of ${api} (${series.series})`;
  if (silent === undefined) return [claim(told, what, series, { least, most: Infinity })];
  const unanswered = valueOf(told, { ...series, labels: { ...series.labels, ...silent } });
  const attempts = claim(told, what, series, { least, most: least + unanswered });
  const answered = attempts.shown - unanswered;
  const most = evidence.answers.get(`${instance} ${api}`) ?? 0;
  return [attempts, { what: `answered ${what}`, shown: answered, least: 0, most }];
}

/** Of each operation that was sent, and of all together: what is shown under another name is shown too. */
function claimsOfLatency(told: Told): readonly Claim[] {
  const { evidence, declared, instance } = told;
  const { latency } = declared;
  if (latency === undefined) return [];
  const { operation: label, ...series } = latency;
  const rows = (ofTable: (table: string, id: string) => number): Bounds => ({
    least: Math.max(0, mostPerInput(told, ofTable) - told.unsure),
    most: (declared.effects ?? []).reduce(
      (sum, { effect }) => sum + ofTable(tableOf(evidence, effect), effect),
      0,
    ),
  });
  const all = claim(
    told,
    `end-to-end latencies (${series.series})`,
    series,
    rows((table) => evidence.changes.insertsBy(instance, table)),
  );
  if (label === undefined) return [all];
  const byOperation = Map.groupBy(evidence.intents, ({ operation }) => operation);
  const each = [...byOperation].map(([name, sent]) => {
    const keys = new Set(sent.map(({ key }) => key));
    return claim(
      told,
      `end-to-end latencies of ${name} (${series.series})`,
      { ...series, labels: { ...series.labels, [label]: name } },
      rows((_, id) => effectsBy(told, id, keys)),
    );
  });
  return [...each, all];
}

function claim(told: Told, what: string, series: Series, bounds: Bounds): Claim {
  return { what, shown: valueOf(told, series), ...bounds };
}

function optional(series: Series | undefined, of: (series: Series) => Claim): readonly Claim[] {
  return series === undefined ? [] : [of(series)];
}

function written({ unsure }: Told, rows: number): Bounds {
  return { least: Math.max(0, rows - unsure), most: rows };
}

/** Records of each topic that took effect, at least: one may have made a row in several tables. */
function mostPerInput(told: Told, ofTable: (table: string, id: string) => number): number {
  const { evidence, declared } = told;
  const byInput = Map.groupBy(declared.effects ?? [], ({ effect: id }) => {
    const effect = evidence.header.effects.find((candidate) => candidate.id === id);
    return effect?.kind === "row" ? (effect.follows ?? "") : "";
  });
  const most = [...byInput.values()].map((effects) =>
    Math.max(...effects.map(({ effect }) => ofTable(tableOf(evidence, effect), effect))),
  );
  return most.reduce((sum, rows) => sum + rows, 0);
}

function valueOf({ evidence, instance }: Told, { series, labels = {} }: Series): number {
  return evidence.metrics
    .filter(
      (metric) =>
        metric.instance === instance &&
        metric.name === series &&
        Object.entries(labels).every(([name, value]) => metric.labels[name] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

function tableOf({ header }: Evidence, id: string): string {
  const effect = header.effects.find((candidate) => candidate.id === id);
  return effect?.kind === "row" ? effect.table : "";
}

/** Rows an instance inserted of the effect with this id, for these business keys. */
function effectsBy({ evidence, instance }: Told, id: string, keys: ReadonlySet<string>): number {
  return evidence.expected
    .filter(({ key }) => keys.has(key))
    .flatMap((event) => effectsFor(evidence, event, id))
    .filter((found) => found.instance === instance).length;
}
