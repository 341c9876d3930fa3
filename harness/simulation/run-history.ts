import { GUARANTEES, type GuaranteeId } from "../model/guarantee.ts";
import type { EventBody, HistoryEvent, Position, Row } from "../model/history.ts";
import { assignedBody, processBody } from "./faults.ts";
import type { Change, Commit, State } from "./state.ts";
import {
  INPUT,
  initialState,
  nameOf,
  OUTPUT,
  topicOf,
  type Context,
  type InputRecord,
  type World,
} from "./world.ts";

/** What a simulation without a clock and without counters cannot say anything about. */
const NOT_JUDGED: ReadonlySet<GuaranteeId> = new Set(["metrics-tell-the-truth", "recovers-within"]);

/** The guarantees a simulated history is judged by. */
export const JUDGED: readonly GuaranteeId[] = GUARANTEES.filter((id) => !NOT_JUDGED.has(id));

/** Writes down what happens, as taps, supervisor and observer would; time is the number of the step. */
export class Recorder {
  private readonly history: HistoryEvent[] = [];
  private readonly attempts = new Map<string, number>();
  private readonly scenario: string;

  constructor(context: Context, variant: string | null) {
    this.scenario = context.world.id;
    this.emit(() => headerOf(context.world, variant));
    for (const record of context.world.records) this.emit(() => intentOf(record));
    const start = initialState(context.world);
    for (const instance of start.instances.keys()) {
      this.emit(() => processBody(start, instance, "spawned"));
      this.emit(() => assignedBody(start, "payments", instance));
      this.emit(() => assignedBody(start, "settlements", instance));
    }
  }

  emit(body: () => EventBody): void {
    const seq = this.history.length;
    const base = { seq, atMs: seq, scenario: this.scenario };
    this.history.push({ ...base, ...this.counted(body()) });
  }

  /** The whole history, with what an observer finds when nothing is left to be done. */
  finished(context: Context, state: State): readonly HistoryEvent[] {
    for (const body of collected(context, state)) this.emit(() => body);
    return this.history;
  }

  private counted(body: EventBody): EventBody {
    if (body.stream !== "delivery") return body;
    const { topic, partition, offset } = body.position;
    const place = `${topic}/${partition}/${offset}`;
    const attempt = (this.attempts.get(place) ?? 0) + 1;
    this.attempts.set(place, attempt);
    return { ...body, attempt };
  }
}

function headerOf(world: World, variant: string | null): EventBody {
  return {
    stream: "header",
    formatVersion: 1,
    id: world.id,
    title: world.title,
    hypothesis: "Whatever happens at whichever step, every payment takes effect once.",
    variant,
    seed: 0,
    stack: "simulation",
    eviction: "harness-leave-group",
    group: "payments",
    inputTopic: INPUT,
    events: world.records.length,
    ...DECLARED,
    faults: [],
    guarantees: JUDGED,
    exercise: { eventsMin: 1, redelivery: "none" },
    limits: { recoveryMsMax: Number.MAX_SAFE_INTEGER },
  };
}

/** The tables and topics of the protocol, as a subject's config would declare them. */
const DECLARED = {
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
    {
      id: "settlement",
      kind: "row",
      table: "settlements",
      key: "payment_id",
      eventId: "event_id",
      follows: "settled",
    },
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
  deadLetters: {
    table: "dead_letters",
    topic: "topic",
    partition: "partition",
    offset: "kafka_offset",
  },
  dedup: {
    table: "processed_events",
    key: "payment_id",
    consumer: "consumer",
    columns: ["dedup_key"],
  },
} as const;

const positionOf = ({ partition, offset }: InputRecord): Position => ({
  topic: INPUT,
  partition,
  offset,
});

function intentOf(record: InputRecord): EventBody {
  const { eventId, key, operation, account, amount, isPoison, isCopy } = record;
  return {
    stream: "intent",
    eventId,
    key,
    operation,
    account,
    amount,
    sentAtMs: 0,
    position: positionOf(record),
    ...(isPoison ? { isPoison } : {}),
    ...(isCopy ? { isCopy } : {}),
  };
}

/** The ledgers, read when no step is left. */
function collected({ world }: Context, state: State): readonly EventBody[] {
  return [
    ...ASSUMED.map((name) => ({
      stream: "assumption" as const,
      name,
      holds: name !== "drained" || state.lanes.length === 0,
      detail: "no step is left that could change anything",
    })),
    ...world.records.map((record) =>
      logOf(record, { position: positionOf(record), isNamed: true }),
    ),
    ...state.output.flatMap(({ event, isNamed }, offset): readonly EventBody[] => {
      const record = world.records[event];
      const position = { topic: OUTPUT, partition: 0, offset };
      return record === undefined ? [] : [logOf(record, { position, isNamed })];
    }),
    ...state.database.commits.flatMap((commit, order) => effectsOf(world, commit, order)),
    ...finalsOf(world, state),
    { stream: "phase", phase: "down" },
    { stream: "phase", phase: "end" },
  ];
}

const ASSUMED = [
  "no-bypass",
  "stack-sound",
  "observer-complete",
  "database-settings",
  "audit-complete",
  "subject-alive",
  "drained",
] as const;

function logOf(
  { key, eventId }: InputRecord,
  { position, isNamed }: { readonly position: Position; readonly isNamed: boolean },
): EventBody {
  return {
    stream: "log",
    role: position.topic === INPUT ? "input" : "output",
    position,
    key,
    eventId: isNamed ? eventId : null,
    producerId: null,
    producerEpoch: null,
  };
}

function finalsOf(world: World, state: State): readonly EventBody[] {
  return (["payments", "settlements"] as const).flatMap((role) =>
    state.groups[role].committed.map((committed, partition) => ({
      stream: "offset" as const,
      kind: "final" as const,
      topic: topicOf(role),
      partition,
      committed,
      logEnd:
        role === "settlements"
          ? state.output.length
          : world.records.filter((record) => record.partition === partition).length,
    })),
  );
}

function effectsOf(
  { records }: World,
  { instance, changes }: Commit,
  order: number,
): readonly EventBody[] {
  return changes.flatMap((change): readonly EventBody[] => {
    const row = rowOf(records, change);
    if (row === null) return [];
    return [
      {
        stream: "effect",
        ...row,
        xid: String(700 + order),
        commitOrder: order,
        instance: nameOf(instance),
      },
    ];
  });
}

interface AuditedRow {
  readonly table: string;
  readonly op: "insert" | "update" | "delete";
  readonly before: Row | null;
  readonly after: Row | null;
}

const inserted = (table: string, after: Row): AuditedRow => ({
  table,
  op: "insert",
  before: null,
  after,
});

/** The row as an audit trigger would have written it; null for tables nobody declared. */
function rowOf(records: readonly InputRecord[], change: Change): AuditedRow | null {
  const record = "event" in change ? records[change.event] : undefined;
  const named = { event_id: record?.eventId, payment_id: record?.key };
  switch (change.table) {
    case "ledger": {
      const { account, amount } = record ?? {};
      return inserted("ledger_entries", { ...named, account_id: account, amount });
    }
    case "settlements":
      return inserted("settlements", named);
    case "outbox":
      return inserted("outbox", { ...named, id: change.id, published_at: null });
    case "outbox-published": {
      const before = { ...named, id: change.id, published_at: null };
      const after = { ...before, published_at: "published" };
      return { table: "outbox", op: "update", before, after };
    }
    case "accounts": {
      const { account: account_id, before, after } = change;
      const isNew = before === null;
      return {
        table: "accounts",
        op: isNew ? "insert" : "update",
        before: isNew ? null : { account_id, ...before },
        after: { account_id, ...after },
      };
    }
    case "dedup": {
      const row = { ...named, dedup_key: change.key };
      if (!change.isDeleted) return inserted("processed_events", row);
      return { table: "processed_events", op: "delete", before: row, after: null };
    }
    case "letters": {
      const { partition, offset: kafka_offset } = change.place;
      const topic = topicOf(change.consumer);
      return inserted("dead_letters", { topic, partition, kafka_offset });
    }
    case "captures":
      return null;
  }
}
