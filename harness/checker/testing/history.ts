import type { EventBody, HistoryEvent } from "../../model/history.ts";
import { GUARANTEES } from "../../model/guarantee.ts";

const TOPIC = "payments.requested";
const header: EventBody = {
  stream: "header",
  formatVersion: 1,
  id: "test",
  title: "test",
  hypothesis: "test",
  variant: null,
  seed: 1,
  stack: "local",
  eviction: "harness-leave-group",
  group: "g",
  inputTopic: TOPIC,
  events: 3,
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
    { id: "settled", kind: "record", topic: "settled", delivery: "at-least-once" },
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
    eventId: "event_id",
    publishedAt: "published_at",
    record: "settled",
  },
  deadLetters: {
    table: "dead_letters",
    topic: "topic",
    partition: "partition",
    offset: "kafka_offset",
  },
  dedup: { table: "processed_events", key: "payment_id", columns: ["event_id"] },
  metrics: { path: "/metrics", effects: [{ series: "effects_total", effect: "ledger" }] },
  faults: [
    { id: "kill", fault: "kill", boundary: "postgres.commit.applied", key: "pay-1", trigger: "t" },
  ],
  guarantees: GUARANTEES,
  exercise: { eventsMin: 3, redelivery: "in-flight-record" },
  limits: { recoveryMsMax: 1000 },
};

/** Bodies of a valid history: three payments, the second hit by a kill and delivered again. */
export function validBodies(): EventBody[] {
  const bodies: EventBody[] = [header, spawned("consumer-1"), spawned("consumer-2")];
  let balance = 0;
  for (const index of [0, 1, 2]) {
    bodies.push(...sent(index));
    bodies.push(...worked(index, "consumer-1"));
    if (index === 1) bodies.push(...killed());
    else
      bodies.push(offset(index, "consumer-1", "requested"), offset(index, "consumer-1", "applied"));
  }
  for (const name of [
    "no-bypass",
    "observer-complete",
    "database-settings",
    "audit-complete",
    "subject-alive",
    "drained",
  ] as const) {
    bodies.push({ stream: "assumption", name, holds: true, detail: "yes" });
  }
  for (const index of [0, 1, 2]) {
    bodies.push(log(index, "input"), log(index, "output"));
    bodies.push(...rows(index, balance));
    balance += 100;
  }
  bodies.push({
    stream: "metric",
    instance: "consumer-2",
    name: "effects_total",
    labels: {},
    value: 0,
  });
  bodies.push({
    stream: "offset",
    kind: "final",
    topic: TOPIC,
    partition: 0,
    committed: 3,
    logEnd: 3,
  });
  for (const phase of ["down", "end"] as const) bodies.push({ stream: "phase", phase });
  return bodies;
}

/** Stamps bodies with seq and time. */
export function stamped(bodies: readonly EventBody[]): HistoryEvent[] {
  return bodies.map((body, seq) => ({ seq, atMs: seq, scenario: "test", ...body }));
}

const position = (offset: number, topic = TOPIC) => ({ topic, partition: 0, offset });

function sent(index: number): EventBody[] {
  return [
    {
      stream: "intent",
      eventId: `evt-${index}`,
      key: `pay-${index}`,
      operation: "payment",
      account: "acc",
      amount: 100,
      sentAtMs: 0,
      position: position(index),
    },
    delivered(index, "consumer-1", 1),
  ];
}

function spawned(instance: string): EventBody {
  const facts = { stream: "process", instance, kind: "spawned", pid: 1, incarnation: 1 } as const;
  return { ...facts, signal: null, code: null, planned: true };
}

function delivered(index: number, instance: string, attempt: number): EventBody {
  return { stream: "delivery", instance, position: position(index), key: `pay-${index}`, attempt };
}

function worked(index: number, instance: string): EventBody[] {
  const call = {
    stream: "call",
    callId: `call-${index}`,
    api: "payments",
    instance,
    idempotencyKey: `k-${index}`,
    key: `pay-${index}`,
    eventId: `evt-${index}`,
    amount: 100,
    payloadHash: "h",
    status: null,
    replayed: false,
  } as const;
  return [
    {
      stream: "wire",
      boundary: "postgres.commit.applied",
      instance,
      keys: [`pay-${index}`],
      action: "passed",
      tag: "COMMIT",
    },
    { ...call, moment: "received" },
    { ...call, moment: "applied" },
  ];
}

function offset(index: number, instance: string, moment: "requested" | "applied"): EventBody {
  return {
    stream: "offset",
    kind: "commit",
    moment,
    instance,
    group: "g",
    topic: TOPIC,
    partition: 0,
    committed: index + 1,
    errorCode: moment === "applied" ? 0 : null,
  };
}

function killed(): EventBody[] {
  const frame = {
    boundary: "postgres.commit.applied",
    instance: "consumer-1",
    key: "pay-1",
    eventId: "evt-1",
    position: position(1),
  } as const;
  const fault = {
    stream: "fault",
    faultId: "kill",
    instance: "consumer-1",
    frame: null,
    detail: "d",
  } as const;
  return [
    { ...fault, moment: "fired", frame },
    { ...fault, moment: "confirmed" },
    delivered(1, "consumer-2", 2),
    offset(1, "consumer-2", "requested"),
    offset(1, "consumer-2", "applied"),
    { ...fault, moment: "healed" },
    { ...fault, moment: "heal-verified" },
  ];
}

function log(index: number, role: "input" | "output"): EventBody {
  return {
    stream: "log",
    role,
    position: position(index, role === "input" ? TOPIC : "settled"),
    key: `pay-${index}`,
    eventId: `evt-${index}`,
    producerId: null,
    producerEpoch: null,
  };
}

function rows(index: number, balance: number): EventBody[] {
  const base = {
    stream: "effect",
    xid: String(700 + index),
    commitOrder: index,
    instance: "consumer-1",
  } as const;
  const row = {
    event_id: `evt-${index}`,
    payment_id: `pay-${index}`,
    account_id: "acc",
    amount: 100,
  };
  const before = balance === 0 ? null : { account_id: "acc", balance, version: index };
  return [
    { ...base, table: "ledger_entries", op: "insert", before: null, after: row },
    {
      ...base,
      table: "accounts",
      op: before === null ? "insert" : "update",
      before,
      after: { account_id: "acc", balance: balance + 100, version: index + 1 },
    },
    { ...base, table: "outbox", op: "insert", before: null, after: row },
    { ...base, table: "processed_events", op: "insert", before: null, after: row },
  ];
}
