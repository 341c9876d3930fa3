import type { MetricsDeclaration, Series } from "../model/run-header.ts";
import type { DeadLetter } from "./change-facts.ts";
import { checked, unknown, type Checker } from "./check.ts";
import type { DeliveryEvent, LogEvent } from "../model/history.ts";
import { effectsFor, placeText, type Evidence } from "./evidence.ts";

/**
 * The subject's own counters agree with the wires and the ledgers, for every instance whose process
 * lived from its start to the scrape (a counter dies with its process).
 */
export const metricsTellTheTruth: Checker = {
  id: "metrics-tell-the-truth",
  check: (evidence) => {
    const declared = evidence.header.metrics ?? null;
    // A subject without metrics cannot lie.
    if (declared === null) return checked([]);
    if (evidence.metrics.length === 0) return unknown("no instance answered with its metrics");
    // Scraped while it was still at work, a counter and its ledger are of different moments.
    if (!evidence.isDrained) return unknown("the system had not drained when it was asked");
    const scraped = [...new Set(evidence.metrics.map(({ instance }) => instance))];
    const whole = scraped.filter((name) => livedThroughout(evidence, name));
    const repeats = repeatsByInstance(evidence);
    return checked(
      whole.flatMap((instance) =>
        claimsOf(evidence, instance, repeats).flatMap(({ what, shown, least, most }) => {
          if (shown >= least && shown <= most) return [];
          const seen = least === most ? `${least}` : `${least} to ${most}`;
          const message = `metrics-tell-the-truth: your dashboard would have shown ${shown} ${what} by ${instance}; the evidence has ${seen}.`;
          return [{ key: null, message }];
        }),
      ),
    );
  },
};

interface Claim {
  readonly what: string;
  readonly shown: number;
  readonly least: number;
  readonly most: number;
}

function claimsOf(
  evidence: Evidence,
  instance: string,
  repeats: ReadonlyMap<string, number>,
): readonly Claim[] {
  const declared = evidence.header.metrics;
  if (declared === undefined || declared === null) return [];
  const { effects = [], duplicates, calls, deliveries, deadLetters, latency } = declared;
  const shownBy = (series: Series): number => valueOf(evidence, instance, series);
  const unsure = evidence.wires.commitsWithoutAnswer(instance);
  const between = (rows: number): Pick<Claim, "least" | "most"> => ({
    least: Math.max(0, rows - unsure),
    most: rows,
  });
  const rowsOf = (table: string): number => evidence.changes.insertsBy(instance, table);
  const tables = effects.map((series) => ({ series, table: tableOf(evidence, series.effect) }));
  const all = tables.reduce((sum, { table }) => sum + rowsOf(table), 0);
  const letters = evidence.header.deadLetters?.table;
  return [
    ...tables.map(({ series, table }) => ({
      what: `effects in ${table} (${series.series})`,
      shown: shownBy(series),
      ...between(rowsOf(table)),
    })),
    ...(duplicates === undefined
      ? []
      : [
          {
            what: `duplicate deliveries (${duplicates.series})`,
            shown: shownBy(duplicates),
            least: 0,
            most: (repeats.get(instance) ?? 0) + unsure,
          },
        ]),
    ...(calls === undefined ? [] : claimsOfCalls(evidence, instance, calls)),
    ...(deliveries === undefined
      ? []
      : [
          {
            what: `deliveries (${deliveries.series})`,
            shown: shownBy(deliveries),
            least: Math.max(0, all - unsure),
            most: evidence.deliveries.filter((delivery) => delivery.instance === instance).length,
          },
        ]),
    ...(deadLetters === undefined || letters === undefined
      ? []
      : [
          {
            what: `dead letters (${deadLetters.series})`,
            shown: shownBy(deadLetters),
            ...between(rowsOf(letters)),
          },
        ]),
    ...(latency === undefined
      ? []
      : operationsOf(evidence, latency).map((operation) => ({
          what: `end-to-end latencies${operation.name} (${latency.series})`,
          shown: shownBy(operation.series),
          ...between(
            tables.reduce(
              (sum, { table, series }) =>
                sum + insertsBy(evidence, instance, { id: series.effect, table }, operation.keys),
              0,
            ),
          ),
        }))),
  ];
}

/** A call that never reached the API counts as an attempt; an answer that never left it is no answer. */
function claimsOfCalls(
  evidence: Evidence,
  instance: string,
  declared: NonNullable<MetricsDeclaration["calls"]>,
): readonly Claim[] {
  const { series, api, unknown: silent } = declared;
  const shown = valueOf(evidence, instance, declared);
  const received = evidence.attempts.filter(
    (call) => call.instance === instance && call.api === api && call.moment === "received",
  ).length;
  const attempts = {
    what: `calls of ${api} (${series})`,
    shown,
    least: received,
    most: Infinity,
  };
  if (silent === undefined) return [attempts];
  const unanswered = valueOf(evidence, instance, { series, labels: silent });
  return [
    attempts,
    {
      what: `answered calls of ${api} (${series})`,
      shown: shown - unanswered,
      least: 0,
      most: evidence.answers.get(`${instance} ${api}`) ?? 0,
    },
  ];
}

/** The operations whose latencies are told apart, with the keys of their events; or all as one. */
function operationsOf(
  { intents }: Evidence,
  { series, labels, operation }: NonNullable<MetricsDeclaration["latency"]>,
): readonly { name: string; series: Series; keys: ReadonlySet<string> | null }[] {
  if (operation === undefined) {
    return [
      { name: "", series: labels === undefined ? { series } : { series, labels }, keys: null },
    ];
  }
  const byOperation = Map.groupBy(intents, (intent) => intent.operation);
  return [...byOperation].map(([name, sent]) => ({
    name: ` of ${name}`,
    series: { series, labels: { ...labels, [operation]: name } },
    keys: new Set(sent.map(({ key }) => key)),
  }));
}

function livedThroughout({ processes }: Evidence, instance: string): boolean {
  const ofInstance = processes.filter((process) => process.instance === instance);
  const spawned = ofInstance.filter(({ kind }) => kind === "spawned");
  const diedUnplanned = ofInstance.filter(({ kind, planned }) => kind === "exited" && !planned);
  return spawned.length === 1 && diedUnplanned.length === 0;
}

function valueOf(evidence: Evidence, instance: string, { series, labels = {} }: Series): number {
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

/** Rows an instance inserted of the effects with these ids; with `keys`, those of these business keys. */
function insertsBy(
  evidence: Evidence,
  instance: string,
  effect: { readonly id: string; readonly table: string },
  keys: ReadonlySet<string> | null,
): number {
  if (keys === null) return evidence.changes.insertsBy(instance, effect.table);
  return evidence.expected
    .filter(({ key }) => keys.has(key))
    .flatMap((event) => effectsFor(evidence, event, effect.id))
    .filter((found) => found.instance === instance).length;
}

/**
 * The most deliveries to each instance that can have found their event handled: of events delivered
 * more than once, to whomever (who handles the first delivery last, as a zombie does, is the one who
 * finds it handled), all but the one that the instance handled itself. An event that nobody handled
 * cannot be found handled.
 */
function repeatsByInstance(evidence: Evidence): ReadonlyMap<string, number> {
  const records = new Map(
    [...evidence.inputLog, ...evidence.outputLog].map((log) => [placeText(log.position), log]),
  );
  const nameOf = ({ position }: DeliveryEvent): string => {
    const log = records.get(placeText(position));
    return log === undefined ? placeText(position) : `${position.topic} ${log.eventId} ${log.key}`;
  };
  const letters = Map.groupBy(evidence.changes.deadLetters, ({ place }) => place);
  const repeats = new Map<string, number>();
  for (const deliveries of Map.groupBy(evidence.deliveries, nameOf).values()) {
    if (deliveries.length === 1) continue;
    const by = handledBy(evidence, deliveries, { records, letters });
    for (const [instance, own] of Map.groupBy(deliveries, (delivery) => delivery.instance)) {
      const found = repeatsOf(own.length, instance, by);
      repeats.set(instance, (repeats.get(instance) ?? 0) + found);
    }
  }
  return repeats;
}

type HandledBy = readonly (string | null)[] | "unknown";

function repeatsOf(delivered: number, instance: string, by: HandledBy): number {
  if (by === "unknown") return delivered;
  return by.length === 0 ? 0 : delivered - (by.includes(instance) ? 1 : 0);
}

/** Who did the work of the event that these deliveries carry, by row or by dead letter. */
function handledBy(
  evidence: Evidence,
  deliveries: readonly DeliveryEvent[],
  known: {
    readonly records: ReadonlyMap<string, LogEvent>;
    readonly letters: ReadonlyMap<string, readonly DeadLetter[]>;
  },
): HandledBy {
  const places = deliveries.map(({ position }) => placeText(position));
  const [log] = places.flatMap((place) => known.records.get(place) ?? []);
  if (log === undefined) return "unknown";
  const event = evidence.eventOf(log.key, log.eventId);
  const rows = rowsBehind(evidence, log.position.topic);
  // Without a row to look for, or for a record nobody can read, there is nothing to go by.
  if (event === null || rows.length === 0) return "unknown";
  return [
    ...rows.flatMap((id) => effectsFor(evidence, event, id).map((effect) => effect.instance)),
    ...[...new Set(places)].flatMap((place) =>
      (known.letters.get(place) ?? []).map(({ instance }) => instance),
    ),
  ];
}

/** Ids of the row effects that the consumer of a topic makes. */
function rowsBehind({ header }: Evidence, topic: string): readonly string[] {
  const recordsOf = header.effects.filter(
    (effect) => effect.kind === "record" && effect.topic === topic,
  );
  const published = new Set(recordsOf.map(({ id }) => id));
  return header.effects.flatMap((effect) => {
    if (effect.kind !== "row") return [];
    const isBehind =
      effect.follows === undefined ? topic === header.inputTopic : published.has(effect.follows);
    return isBehind ? [effect.id] : [];
  });
}
