/**
 * Histories of any length, as a run of the reference service writes them: the same streams, fields and
 * proportions as the saved real runs (about 24 events for each payment), from a seed. Payments go on side by side;
 * one in forty is delivered twice and absorbed, one consumer is killed in the middle.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import type { EventBody } from "../harness/model/history.ts";
import { GUARANTEES } from "../harness/model/guarantee.ts";
import type { RunHeader } from "../harness/model/run-header.ts";

export const EVENTS_PER_PAYMENT = 24;
const PARTITIONS = 3;
const ACCOUNTS = 200;
const SIDE_BY_SIDE = 16;
const INSTANCES = ["consumer-1", "consumer-2"];
const INPUT = "payments.requested.1";
const OUTPUT = "payments.settled.1";
const SCENARIO = "bench";
const BUFFER_CHARS = 1 << 20;

export interface HistoryOptions {
  readonly payments: number;
  readonly seed: number;
  /** Payments that are charged, posted and balanced twice; spread evenly. */
  readonly doubled: number;
}

interface Payment {
  readonly index: number;
  readonly key: string;
  readonly eventId: string;
  readonly account: string;
  readonly amount: number;
  readonly partition: number;
  readonly offset: number;
  readonly instance: string;
  readonly isRedelivered: boolean;
  readonly isDoubled: boolean;
}

/** Writes a history and says how many events it has. */
export function writeHistory(file: string, options: HistoryOptions): number {
  const descriptor = openSync(file, "w");
  let seq = 0;
  let text = "";
  for (const body of bodies(options)) {
    const base = { seq, atMs: seq / 100, scenario: SCENARIO };
    text += `${JSON.stringify({ ...base, ...body })}\n`;
    seq += 1;
    if (text.length < BUFFER_CHARS) continue;
    writeSync(descriptor, text);
    text = "";
  }
  writeSync(descriptor, text);
  closeSync(descriptor);
  return seq;
}

function* bodies(options: HistoryOptions): Generator<EventBody> {
  const payments = Array.from({ length: options.payments }, (_, index) => payment(index, options));
  const victim = payments[Math.floor(payments.length / 2)];
  if (victim === undefined) return;
  yield { stream: "header", ...headerFor(payments.length, victim.key) };
  for (const instance of INSTANCES) {
    yield* started(instance);
    yield assigned(instance, (partition) => instanceOf(partition) === instance);
  }
  yield { ...faultOf("planned"), detail: "kill at COMMIT" };
  // Nobody commits an offset beyond the victim's before its work is done.
  for (const some of [
    payments.slice(0, victim.index),
    [victim],
    payments.slice(victim.index + 1),
  ]) {
    for (let from = 0; from < some.length; from += SIDE_BY_SIDE) {
      const batch = some.slice(from, from + SIDE_BY_SIDE);
      yield* sideBySide(batch.map((each) => [...handled(each, each === victim)]));
    }
  }
  yield* collected(payments);
}

/** Takes one event of each in turn. */
function* sideBySide(parts: readonly (readonly EventBody[])[]): Generator<EventBody> {
  const longest = Math.max(...parts.map(({ length }) => length));
  for (let index = 0; index < longest; index += 1) {
    for (const part of parts) {
      const body = part[index];
      if (body !== undefined) yield body;
    }
  }
}

function payment(index: number, { payments, seed, doubled }: HistoryOptions): Payment {
  const mixed = Math.imul(index + 1, 2_654_435_761 ^ seed) >>> 0;
  const name = `${String(index).padStart(7, "0")}-${mixed.toString(16).padStart(8, "0")}`;
  const every = doubled === 0 ? Infinity : Math.floor(payments / doubled);
  return {
    index,
    key: `pay-${name}`,
    eventId: `evt-${name}`,
    account: `acc-${String(mixed % ACCOUNTS).padStart(3, "0")}`,
    amount: 1 + (mixed % 250_000),
    partition: index % PARTITIONS,
    offset: Math.floor(index / PARTITIONS),
    instance: instanceOf(index % PARTITIONS),
    isRedelivered: mixed % 40 === 0,
    isDoubled: doubled > 0 && index % every === 1,
  };
}

/** Who has a partition. */
function instanceOf(partition: number): string {
  return `consumer-${1 + (partition % 2)}`;
}

function positionOf({ partition, offset }: Payment, topic = INPUT) {
  return { topic, partition, offset };
}

function* handled(payment: Payment, isVictim: boolean): Generator<EventBody> {
  const { key, eventId, account, amount, instance, isRedelivered, isDoubled } = payment;
  const position = positionOf(payment);
  const sent = { operation: "payment", account, amount, sentAtMs: payment.index / 4 };
  yield { stream: "intent", eventId, key, ...sent, position };
  yield { stream: "delivery", instance, position, key, attempt: 1 };
  if (isVictim) {
    yield* killed(payment);
    // What was in hand comes to the other one; then each has its own partitions again.
    yield assigned(other(instance), () => true);
  }
  const by = isVictim ? other(instance) : instance;
  if (isVictim) yield { stream: "delivery", instance: by, position, key, attempt: 2 };
  yield* committed(key, by);
  if (isRedelivered && !isVictim) {
    yield { stream: "delivery", instance: by, position, key, attempt: 2 };
    yield* committed(key, by);
  }
  yield* offsets(payment, by);
  yield* called(payment, by, "");
  if (isDoubled) yield* called(payment, by, "-again");
  for (const moment of ["requested", "applied"] as const)
    yield wire("kafka.produce", moment, { key, by });
  if (isVictim) yield assigned(instance, (partition) => instanceOf(partition) === instance);
}

function assigned(instance: string, isOwn: (partition: number) => boolean): EventBody {
  const all = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: INPUT, partition }));
  const partitions = all.filter(({ partition }) => isOwn(partition));
  const memberId = `${instance}-member`;
  return { stream: "membership", kind: "assigned", instance, memberId, eviction: null, partitions };
}

function* committed(key: string, by: string): Generator<EventBody> {
  for (const moment of ["requested", "applied", "acknowledged"] as const)
    yield wire("postgres.commit", moment, { key, by });
}

function wire(
  conversation: "postgres.commit" | "kafka.produce" | "kafka.offset-commit",
  moment: "requested" | "applied" | "acknowledged",
  { key, by }: { readonly key: string; readonly by: string },
): EventBody {
  const isAnswered = conversation === "postgres.commit" && moment !== "requested";
  const boundary = `${conversation}.${moment}` as const;
  const tag = isAnswered ? "COMMIT" : null;
  return { stream: "wire", boundary, instance: by, keys: [key], action: "passed", tag };
}

function* offsets(payment: Payment, by: string): Generator<EventBody> {
  for (const moment of ["requested", "applied", "acknowledged"] as const) {
    yield {
      stream: "offset",
      kind: "commit",
      moment,
      instance: by,
      group: "gameday-bench",
      topic: INPUT,
      partition: payment.partition,
      committed: payment.offset + 1,
      errorCode: moment === "requested" ? null : 0,
    };
  }
}

function* called(payment: Payment, by: string, suffix: string): Generator<EventBody> {
  const { key, eventId, amount } = payment;
  for (const moment of ["received", "applied", "answered"] as const) {
    yield {
      stream: "call",
      callId: `call-${payment.index + 1}${suffix}`,
      api: "payments",
      instance: by,
      idempotencyKey: `capture:${eventId}`,
      key,
      eventId,
      amount,
      payloadHash: eventId.slice(-8).repeat(2),
      moment,
      status: moment === "answered" ? 201 : null,
      replayed: false,
    };
  }
}

function* killed({ key, eventId, instance, ...payment }: Payment): Generator<EventBody> {
  const position = positionOf({ key, eventId, instance, ...payment });
  const frame = { boundary: "postgres.commit.applied", instance, key, eventId, position } as const;
  yield { ...faultOf("fired"), instance, frame, detail: "held" };
  yield { ...faultOf("confirmed"), instance, detail: "the process group is gone (SIGKILL)" };
  yield { ...faultOf("healed"), instance, detail: "started again" };
  yield { ...faultOf("heal-verified"), instance, detail: "it answers" };
}

function faultOf(moment: "planned" | "fired" | "confirmed" | "healed" | "heal-verified") {
  return { stream: "fault", faultId: "kill", moment, instance: null, frame: null } as const;
}

function* started(instance: string): Generator<EventBody> {
  for (const kind of ["spawned", "ready"] as const) {
    const facts = { pid: 100, incarnation: 1, signal: null, code: null, planned: true };
    yield { stream: "process", instance, kind, ...facts };
  }
}

function* collected(payments: readonly Payment[]): Generator<EventBody> {
  for (const name of ["no-bypass", "observer-complete", "database-settings"] as const)
    yield { stream: "assumption", name, holds: true, detail: "yes" };
  for (const name of ["audit-complete", "subject-alive", "drained"] as const)
    yield { stream: "assumption", name, holds: true, detail: "yes" };
  yield* scraped(payments);
  for (const payment of payments) yield* logged(payment);
  const balances = new Map<string, { balance: number; version: number }>();
  for (const payment of payments) {
    yield* rows(payment, balances, 0);
    if (payment.isDoubled) yield* rows(payment, balances, 1);
  }
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const count = Math.ceil((payments.length - partition) / PARTITIONS);
    const ends = { topic: INPUT, partition, committed: count, logEnd: count };
    yield { stream: "offset", kind: "final", ...ends };
  }
  for (const phase of ["down", "end"] as const) yield { stream: "phase", phase };
}

/** The subjects' own counters, truthful: a doubled payment is counted twice. */
function* scraped(payments: readonly Payment[]): Generator<EventBody> {
  for (const instance of INSTANCES) {
    const own = payments.filter((payment) => payment.instance === instance);
    const value = own.length + own.filter(({ isDoubled }) => isDoubled).length;
    const labels = { outcome: "applied" };
    yield { stream: "metric", instance, name: "effects_total", labels, value };
  }
}

function* logged(payment: Payment): Generator<EventBody> {
  const { key, eventId } = payment;
  const named = { key, eventId, producerId: 2, producerEpoch: 0 };
  yield { stream: "log", role: "input", position: positionOf(payment), ...named };
  yield { stream: "log", role: "output", position: positionOf(payment, OUTPUT), ...named };
}

function* rows(
  payment: Payment,
  balances: Map<string, { balance: number; version: number }>,
  again: number,
): Generator<EventBody> {
  const { index, account, amount, instance, key, eventId } = payment;
  const id = index + 1 + again * 10_000_000;
  const xid = String(1000 + id);
  const named = { event_id: eventId, payment_id: key };
  const paid = { ...named, account_id: account, amount, currency: "EUR" };
  const change = (table: string, after: object, before: object | null = null): EventBody => ({
    stream: "effect",
    table,
    op: before === null ? "insert" : "update",
    xid,
    commitOrder: id,
    instance,
    before: before as null,
    after: after as Record<string, unknown>,
  });
  const old = balances.get(account) ?? { balance: 0, version: 0 };
  const next = { balance: old.balance + amount, version: old.version + 1 };
  balances.set(account, next);
  yield change("processed_events", { ...named, consumer: "payments", handled_at: HANDLED_AT });
  yield change("ledger_entries", { id, ...paid });
  yield change("accounts", { ...next, account_id: account }, { ...old, account_id: account });
  const intent = captureIntent(payment, id);
  yield change("capture_intents", intent);
  yield change("capture_intents", { ...intent, state: "captured", attempts: 1 }, intent);
  const outbox = { id, payload: JSON.stringify(paid), ...named, published_at: null };
  yield change("outbox", outbox);
  yield change("outbox", { ...outbox, published_at: HANDLED_AT }, outbox);
}

const HANDLED_AT = "2026-11-24T10:54:39.951444+00:00";

function captureIntent({ amount, account, key, eventId }: Payment, id: number) {
  return {
    id,
    state: "pending",
    amount,
    reason: null,
    attempts: 0,
    currency: "EUR",
    event_id: eventId,
    account_id: account,
    payment_id: key,
    lease_until: null,
    provider_id: null,
    idempotency_key: `capture:${eventId}`,
    next_attempt_at: HANDLED_AT,
  };
}

function other(instance: string): string {
  return instance === "consumer-1" ? "consumer-2" : "consumer-1";
}

function headerFor(events: number, victim: string): RunHeader {
  return {
    formatVersion: 1,
    id: SCENARIO,
    title: "A made-up history for measuring the judge",
    hypothesis: "The judge needs time and memory in proportion to the history.",
    variant: null,
    seed: 1,
    stack: "none",
    eviction: "harness-leave-group",
    group: "gameday-bench",
    inputTopic: INPUT,
    events,
    effects: [
      {
        id: "ledger",
        kind: "row",
        table: "ledger_entries",
        key: "payment_id",
        eventId: "event_id",
        amount: "amount",
        account: "account_id",
      },
      { id: "capture", kind: "call", api: "payments" },
      { id: "settled", kind: "record", topic: OUTPUT, delivery: "at-least-once" },
    ],
    balance: {
      table: "accounts",
      account: "account_id",
      balance: "balance",
      ledger: "ledger",
      version: "version",
    },
    outbox: {
      table: "outbox",
      key: "payment_id",
      eventId: "event_id",
      publishedAt: "published_at",
      record: "settled",
    },
    deadLetters: null,
    dedup: { table: "processed_events", key: "payment_id", columns: ["consumer", "event_id"] },
    metrics: { path: "/metrics", effects: [{ series: "effects_total", effect: "ledger" }] },
    faults: [
      { id: "kill", fault: "kill", boundary: "postgres.commit.applied", key: victim, trigger: "t" },
    ],
    guarantees: GUARANTEES,
    exercise: { eventsMin: 1, redelivery: "in-flight-record" },
    limits: { recoveryMsMax: 1_000_000_000 },
  };
}
