import { MOMENTS, type BoundaryName } from "./boundary.ts";
import { GUARANTEES } from "./guarantee.ts";
import {
  ASSUMPTIONS,
  PHASES,
  type AskedRowEvent,
  type AssumptionEvent,
  type CallEvent,
  type DeliveryEvent,
  type EffectEvent,
  type EventBase,
  type FaultEvent,
  type FrameMet,
  type HistoryEvent,
  type IntentEvent,
  type LogEvent,
  type MembershipEvent,
  type MetricEvent,
  type NoteEvent,
  type OffsetCommitEvent,
  type OffsetFinalEvent,
  type PhaseEvent,
  type Position,
  type ProcessEvent,
  type Row,
  type UnreadEvent,
  type WireEvent,
} from "./history.ts";
import { EVICTIONS, REDELIVERIES } from "./run-header.ts";
import {
  anything,
  either,
  flag,
  integer,
  list,
  map,
  named,
  nullable,
  number,
  object,
  objectSchema,
  oneOf,
  optional,
  text,
  type Fields,
  type Shape,
} from "./shape.ts";

/** The newest format this version writes and reads. Histories without a version are read as 1. */
export const FORMAT_VERSION = 1;

export const BASE: Shape<EventBase> = { seq: integer, atMs: number, scenario: text };

export const POSITION = object<Position>({ topic: text, partition: integer, offset: integer });
export const ROW = map(anything);

const row = nullable<Row>(ROW);
const version = optional(oneOf("current", "next"));
const boundary = named<BoundaryName>();
const noneOr = nullable(map(anything));

const header: Fields = {
  formatVersion: optional(integer),
  id: text,
  title: text,
  story: optional(text),
  hypothesis: text,
  project: optional(object({ commit: text, isDirty: flag })),
  variant: nullable(text),
  seed: integer,
  stack: text,
  eviction: oneOf(...EVICTIONS),
  group: text,
  inputTopic: text,
  events: integer,
  effects: list(object({ id: text, kind: oneOf("row", "call", "record") })),
  balance: noneOr,
  outbox: noneOr,
  deadLetters: optional(noneOr),
  dedup: optional(noneOr),
  metrics: optional(noneOr),
  faults: list(
    object({
      id: text,
      fault: text,
      boundary,
      key: nullable(text),
      trigger: text,
      heldFrame: optional(text),
    }),
  ),
  guarantees: list(oneOf(...GUARANTEES)),
  exercise: object({
    eventsMin: integer,
    redelivery: oneOf(...REDELIVERIES),
    of: optional(text),
    zombie: optional(flag),
    since: optional(text),
    purged: optional(flag),
  }),
  limits: object({ recoveryMsMax: number }),
  sessionTimeoutMs: optional(number),
  subjectEnv: optional(map(text)),
};

const intent: Shape<IntentEvent> = {
  eventId: text,
  key: text,
  operation: text,
  account: text,
  amount: number,
  sentAtMs: number,
  position: either(POSITION, oneOf("unknown")),
  isPoison: optional(flag),
  isCopy: optional(flag),
};

const log: Shape<LogEvent> = {
  role: oneOf("input", "output"),
  position: POSITION,
  key: nullable(text),
  eventId: nullable(text),
  producerId: nullable(integer),
  producerEpoch: nullable(integer),
};

const delivery: Shape<DeliveryEvent> = {
  instance: text,
  position: POSITION,
  key: nullable(text),
  attempt: integer,
};

const offsetCommit: Shape<OffsetCommitEvent> = {
  kind: oneOf("commit"),
  moment: oneOf(...MOMENTS),
  instance: text,
  group: text,
  topic: text,
  partition: integer,
  committed: integer,
  errorCode: nullable(integer),
};

const offsetFinal: Shape<OffsetFinalEvent> = {
  kind: oneOf("final"),
  topic: text,
  partition: integer,
  committed: nullable(integer),
  logEnd: integer,
};

const effect: Shape<EffectEvent> = {
  table: text,
  op: oneOf("insert", "update", "delete"),
  xid: text,
  commitOrder: number,
  instance: nullable(text),
  before: row,
  after: row,
  version,
};

const askedRow: Shape<AskedRowEvent> = {
  instance: text,
  table: text,
  row: ROW,
  version: oneOf("current", "next"),
};

const call: Shape<CallEvent> = {
  callId: text,
  api: text,
  instance: text,
  idempotencyKey: nullable(text),
  key: nullable(text),
  eventId: nullable(text),
  amount: nullable(number),
  payloadHash: text,
  moment: oneOf("received", "applied", "answered", "abandoned", "looked-up"),
  status: nullable(integer),
  replayed: flag,
  version,
};

const process: Shape<ProcessEvent> = {
  instance: text,
  kind: oneOf("spawned", "ready", "signalled", "exited"),
  version,
  pid: integer,
  incarnation: integer,
  signal: nullable(text),
  code: nullable(integer),
  planned: flag,
};

const fault: Shape<FaultEvent> = {
  faultId: text,
  moment: oneOf("planned", "armed", "fired", "confirmed", "failed", "healed", "heal-verified"),
  instance: nullable(text),
  frame: nullable(
    object<FrameMet>({
      boundary,
      instance: text,
      key: nullable(text),
      eventId: nullable(text),
      position: nullable(POSITION),
    }),
  ),
  detail: text,
};

const wire: Shape<WireEvent> = {
  boundary,
  instance: text,
  keys: list(text),
  action: oneOf("passed", "held", "dropped", "released", "refused"),
  tag: nullable(text),
};

const unread: Shape<UnreadEvent> = {
  instance: text,
  link: oneOf("kafka", "postgres"),
  name: text,
  count: integer,
  why: optional(oneOf("not-understood", "by-design")),
};

const membership: Shape<MembershipEvent> = {
  instance: text,
  kind: oneOf("joined", "left", "evicted", "left-to-timeout", "already-gone", "assigned"),
  memberId: text,
  eviction: nullable(oneOf(...EVICTIONS)),
  partitions: optional(list(object({ topic: text, partition: integer }))),
};

const assumption: Shape<AssumptionEvent> = {
  name: oneOf(...ASSUMPTIONS),
  holds: nullable(flag),
  detail: text,
};

const metric: Shape<MetricEvent> = {
  instance: text,
  name: text,
  labels: map(text),
  value: number,
};

const phase: Shape<PhaseEvent> = { phase: oneOf(...PHASES) };
const note: Shape<NoteEvent> = { text };

/** The shapes an event of each stream may have, besides what every event carries. */
export const SHAPES: Readonly<Record<HistoryEvent["stream"], readonly Fields[]>> = {
  header: [header],
  intent: [intent],
  log: [log],
  delivery: [delivery],
  offset: [offsetCommit, offsetFinal],
  effect: [effect],
  "asked-row": [askedRow],
  call: [call],
  process: [process],
  fault: [fault],
  wire: [wire],
  unread: [unread],
  membership: [membership],
  assumption: [assumption],
  metric: [metric],
  phase: [phase],
  note: [note],
};

/** JSON Schema of one line of `journal.ndjson`; `$defs` has one for each stream. */
export function historySchema(): Readonly<Record<string, unknown>> {
  const defs = Object.entries(SHAPES).map(([stream, shapes]) => {
    const schemas = shapes.map((fields) => ({
      ...objectSchema({ ...BASE, stream: oneOf(stream), ...fields }),
    }));
    return [stream, schemas.length === 1 ? schemas[0] : { oneOf: schemas }] as const;
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `gameday history, format ${FORMAT_VERSION}: one line of journal.ndjson`,
    oneOf: defs.map(([stream]) => ({ $ref: `#/$defs/${stream}` })),
    $defs: Object.fromEntries(defs),
  };
}
