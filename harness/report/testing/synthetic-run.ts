import { judgeRun } from "../../checker/judge.ts";
import type { EventBody, HistoryEvent, Position } from "../../model/history.ts";
import { worstVerdict } from "../../model/verdict.ts";
import type { StoredRun } from "../stored-run.ts";
import { savedRun } from "./saved-runs.ts";

const SCENARIO = "kill-consumer-between-commit-and-ack";
const GAP_MS = 4;

/**
 * A run of `payments` payments with one kill in the middle; every payment that is a multiple of
 * `duplicatedEach` is written twice. For sizes and times of rendering, not for judging the checker.
 */
export function syntheticRun(payments: number, duplicatedEach: number): StoredRun {
  const template = savedRun("no-duplicate-effects");
  const header = template.events.find((event) => event.stream === "header");
  if (header === undefined) throw new Error("The saved run has no header.");
  const events: HistoryEvent[] = [];
  const add = (atMs: number, body: EventBody): void => {
    events.push({ ...body, seq: events.length, atMs, scenario: SCENARIO });
  };
  const middle = Math.floor(payments / 2);
  add(0, { ...header, id: SCENARIO, events: payments });
  for (const instance of ["consumer-1", "consumer-2"]) {
    add(1, process(instance, "spawned"));
    add(300, process(instance, "ready"));
  }
  for (let index = 0; index < payments; index += 1) {
    const atMs = 400 + index * GAP_MS;
    const isTwice = index % duplicatedEach === 0;
    for (const body of paymentBodies(index, isTwice)) add(atMs, body);
    if (index === middle) for (const body of kill(index)) add(atMs, body);
  }
  const endMs = 500 + payments * GAP_MS;
  add(endMs, { stream: "assumption", name: "drained", holds: true, detail: "nothing owed" });
  add(endMs, { stream: "phase", phase: "collect" });
  for (let index = 0; index < payments; index += 1) {
    for (const body of ledgerBodies(index, index % duplicatedEach === 0)) add(endMs, body);
  }
  for (const phase of ["down", "end"] as const) add(endMs, { stream: "phase", phase });
  const scenarios = judgeRun(events);
  const verdict = worstVerdict(scenarios.map((scenario) => scenario.verdict));
  return { result: { ...template.result, scenarios, verdict }, events, partial: null };
}

const idOf = (index: number): string => String(index + 1).padStart(6, "0");
const keyOf = (index: number): string => `pay-${idOf(index)}-5eed`;
const eventIdOf = (index: number): string => `evt-${idOf(index)}-5eed`;
const placeOf = (index: number): Position => ({
  topic: "payments.requested.1",
  partition: index % 3,
  offset: Math.floor(index / 3),
});

function process(instance: string, kind: "spawned" | "ready"): EventBody {
  const pid = instance === "consumer-1" ? 101 : 102;
  return {
    stream: "process",
    instance,
    kind,
    pid,
    incarnation: 1,
    signal: null,
    code: null,
    planned: true,
  };
}

function paymentBodies(index: number, isTwice: boolean): readonly EventBody[] {
  const key = keyOf(index);
  const eventId = eventIdOf(index);
  const instance = `consumer-${(index % 2) + 1}`;
  const position = placeOf(index);
  const commit = (moment: "requested" | "applied"): EventBody => ({
    stream: "wire",
    boundary: `postgres.commit.${moment}`,
    instance,
    keys: [key],
    action: "passed",
    tag: moment === "applied" ? "COMMIT" : null,
  });
  const call = (moment: "received" | "applied" | "answered"): EventBody => ({
    stream: "call",
    callId: `call-${index + 1}`,
    api: "payments",
    moment,
    instance,
    idempotencyKey: `capture:${eventId}`,
    key,
    eventId,
    amount: 1000 + index,
    payloadHash: "00",
    status: moment === "answered" ? 201 : null,
    replayed: false,
  });
  const intent: EventBody = {
    stream: "intent",
    eventId,
    key,
    operation: "payment",
    account: `acc-${index % 7}`,
    amount: 1000 + index,
    sentAtMs: 400 + index * GAP_MS - (3 + (index % 17)),
    position,
  };
  const delivery = (attempt: number): EventBody => ({
    stream: "delivery",
    instance,
    position,
    key,
    attempt,
  });
  return [
    intent,
    delivery(1),
    commit("requested"),
    commit("applied"),
    ...(isTwice ? [delivery(2), commit("requested"), commit("applied")] : []),
    call("received"),
    call("applied"),
    call("answered"),
  ];
}

function kill(index: number): readonly EventBody[] {
  const frame = {
    boundary: "postgres.commit.applied",
    instance: "consumer-1",
    key: keyOf(index),
    eventId: eventIdOf(index),
    position: placeOf(index),
  } as const;
  const moment = (name: "fired" | "confirmed" | "healed" | "heal-verified"): EventBody => ({
    stream: "fault",
    faultId: "kill-after-commit",
    moment: name,
    instance: "consumer-1",
    frame: name === "fired" ? frame : null,
    detail: name,
  });
  return [moment("fired"), moment("confirmed"), moment("healed"), moment("heal-verified")];
}

function ledgerBodies(index: number, isTwice: boolean): readonly EventBody[] {
  const key = keyOf(index);
  const eventId = eventIdOf(index);
  const row = (xid: number): EventBody => ({
    stream: "effect",
    table: "ledger_entries",
    op: "insert",
    xid: String(xid),
    commitOrder: xid,
    instance: `consumer-${(index % 2) + 1}`,
    before: null,
    after: {
      payment_id: key,
      event_id: eventId,
      amount: 1000 + index,
      currency: "EUR",
      account_id: `acc-${index % 7}`,
    },
  });
  const log = (role: "input" | "output", position: Position): EventBody => ({
    stream: "log",
    role,
    position,
    key,
    eventId,
    producerId: 1,
    producerEpoch: 0,
  });
  return [
    row(2 * index),
    ...(isTwice ? [row(2 * index + 1)] : []),
    log("input", placeOf(index)),
    log("output", { topic: "payments.settled.1", partition: 0, offset: index }),
  ];
}
