import { accountSeenBy, extended, nextOutboxId } from "./database.ts";
import type { DedupKey, Instruction } from "./protocol.ts";
import { isConsumer, recordAt, topicOf, type Context, type InputRecord } from "./world.ts";
import type { Account, Change, Lane, State } from "./state.ts";

/** What a local instruction made of its lane; `isPoint`: others may come between it and the next. */
export interface Executed {
  readonly lane: Lane;
  readonly isPoint: boolean;
}

/** The lock an instruction waits for; null when it waits for none. */
export function lockOf(
  context: Context,
  state: State,
  lane: Lane,
  instruction: Instruction,
): string | null {
  const record = recordAt(context, state, lane);
  if (record === null) return null;
  switch (instruction) {
    case "mark":
    case "claim":
      return `dedup ${dedupText(context, lane, record)}`;
    case "post":
    case "overwrite":
      return `account ${record.account}`;
    case "dead-letter":
      return letterLock(lane);
    case "look":
    case "read-account":
    case "outbox":
    case "settle":
    case "call":
    case "publish":
    case "commit":
    case "offset":
    case "offset-of-batch":
    case "leave-batch-if-seen":
      return null;
  }
}

/** Of an event that was handled before, only the commits remain to be done. */
export function isSkipped(lane: Lane, instruction: Instruction): boolean {
  switch (instruction) {
    case "commit":
      return lane.transaction === null;
    case "offset":
    case "offset-of-batch":
    case "mark":
    case "look":
    case "read-account":
    case "dead-letter":
      return false;
    case "overwrite":
    case "leave-batch-if-seen":
      return lane.sighting !== "seen";
    case "claim":
    case "post":
    case "outbox":
    case "settle":
    case "call":
    case "publish":
      return lane.sighting === "seen";
  }
}

/** Carries out a statement of the lane's transaction, or a read beside it. */
export function execute(
  context: Context,
  state: State,
  lane: Lane,
  instruction: Instruction,
): Executed {
  const record = recordAt(context, state, lane);
  if (record === null || !isConsumer(lane.role)) return { lane, isPoint: false };
  const at = { context, state, lane, record };
  switch (instruction) {
    case "mark":
      return local(marked(at, true));
    case "claim":
      return local(marked(at, false));
    case "look":
      return {
        lane: { ...lane, sighting: sightingOf(at), transaction: opened(lane) },
        isPoint: true,
      };
    case "read-account":
      return { lane: { ...lane, account: accountOf(at) ?? NOTHING }, isPoint: true };
    case "post":
      return local(withChanges(lane, posted(at), [`account ${record.account}`]));
    case "overwrite":
      return local(withChanges(lane, overwritten(at), [`account ${record.account}`]));
    case "outbox":
      return local(
        withChanges(lane, [{ table: "outbox", event: eventOf(at), id: nextOutboxId(state) }]),
      );
    case "settle":
      return local(withChanges(lane, [{ table: "settlements", event: eventOf(at) }]));
    case "dead-letter":
      return local(withChanges(lane, letterOf(at), [letterLock(lane)]));
    // Questions to a server, asked by the lane itself.
    case "call":
    case "publish":
    case "commit":
    case "offset":
    case "offset-of-batch":
    case "leave-batch-if-seen":
      return local(lane);
  }
}

interface At {
  readonly context: Context;
  readonly state: State;
  readonly lane: Lane;
  readonly record: InputRecord;
}

const NOTHING: Account = { balance: 0, version: 0 };
const local = (lane: Lane): Executed => ({ lane, isPoint: false });
const opened = (lane: Lane): NonNullable<Lane["transaction"]> => extended(lane.transaction, []);

function withChanges(lane: Lane, changes: readonly Change[], locks: readonly string[] = []): Lane {
  return { ...lane, transaction: extended(lane.transaction, changes, locks) };
}

/** Input records are told apart by index; a copy names the event of its original. */
function eventOf({ context, record }: At): number {
  return context.world.records.indexOf(record);
}

/** What a dedup row is told apart by: its columns, joined. */
function dedupText(context: Context, lane: Lane, record: InputRecord): string {
  const { consumer, eventId, operation } = dedupKeyOf(context, lane, record);
  return `${consumer} ${eventId} ${operation}`;
}

function dedupKeyOf(context: Context, lane: Lane, record: InputRecord): DedupKey {
  const { eventId, operation, key } = record;
  const consumer = isConsumer(lane.role) ? lane.role : "payments";
  const { partition = 0, offset = 0 } = lane.place ?? {};
  const place = `${topicOf(consumer)}/${partition}/${offset}`;
  return context.protocolOf(lane.instance).dedupKey({ consumer, eventId, operation, key, place });
}

function sightingOf({ context, state, lane, record }: At): "first" | "seen" {
  return dedupText(context, lane, record) in state.database.dedup ? "seen" : "first";
}

/** `INSERT … ON CONFLICT DO NOTHING`: inserted only when the key is free. */
function marked(at: At, isRead: boolean): Lane {
  const { context, lane, record } = at;
  const key = dedupText(context, lane, record);
  const sighting = sightingOf(at);
  const changes: readonly Change[] =
    sighting === "first" ? [{ table: "dedup", event: eventOf(at), key, isDeleted: false }] : [];
  const next = withChanges(lane, changes, [`dedup ${key}`]);
  return isRead ? { ...next, sighting } : next;
}

function accountOf({ state, lane, record }: At): Account | null {
  return accountSeenBy(state.database, record.account, lane.transaction);
}

function posted(at: At): readonly Change[] {
  const { record, lane } = at;
  const event = eventOf(at);
  const before = accountOf(at);
  const { balance, version } = before ?? NOTHING;
  const after = { balance: balance + record.amount, version: version + 1 };
  return [
    { table: "ledger", event },
    { table: "accounts", account: record.account, before, after },
    { table: "captures", event, idempotencyKey: lane.captured },
  ];
}

function overwritten(at: At): readonly Change[] {
  const { record, lane } = at;
  const { balance, version } = lane.account ?? NOTHING;
  const after = { balance: balance + record.amount, version: version + 1 };
  return [{ table: "accounts", account: record.account, before: accountOf(at), after }];
}

/** A place has one dead letter: its unique index makes a second one wait. */
function letterLock({ role, partition, place }: Lane): string {
  return `letter ${role}/${partition}/${place?.offset}`;
}

function letterOf({ state, lane }: At): readonly Change[] {
  if (lane.place === null || !isConsumer(lane.role)) return [];
  const { partition, offset } = lane.place;
  const isKnown = state.database.letters.includes(`${lane.role}/${partition}/${offset}`);
  return isKnown ? [] : [{ table: "letters", consumer: lane.role, place: lane.place }];
}
