/**
 * One state of the simulated world: broker, database, API and instances. Immutable; parts that a step
 * does not touch are shared between states, which is what makes keys of states cheap.
 */

/** Threads of work that each instance has. */
export const ROLES = ["payments", "relay", "capture", "settlements"] as const;
export type Role = (typeof ROLES)[number];

/** Roles that consume a topic. */
export type Consumer = "payments" | "settlements";

/** A committed change, compact: `event` is the index of a record in the world's input. */
export type Change =
  | { readonly table: "ledger"; readonly event: number }
  | { readonly table: "settlements"; readonly event: number }
  | { readonly table: "outbox"; readonly event: number; readonly id: number }
  | { readonly table: "outbox-published"; readonly event: number; readonly id: number }
  | {
      readonly table: "accounts";
      readonly account: string;
      readonly before: Account | null;
      readonly after: Account;
    }
  | {
      readonly table: "dedup";
      readonly event: number;
      readonly key: string;
      readonly isDeleted: boolean;
    }
  | { readonly table: "captures"; readonly event: number; readonly idempotencyKey: string | null }
  | { readonly table: "letters"; readonly consumer: Consumer; readonly place: Place };

export interface Account {
  readonly balance: number;
  readonly version: number;
}

export interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** Changes of one transaction and the locks it holds until it ends. */
export interface Transaction {
  readonly changes: readonly Change[];
  readonly locks: readonly string[];
  /** A statement failed: whatever is asked next, it ends in ROLLBACK. */
  readonly isFailed: boolean;
}

export interface Commit {
  readonly instance: number;
  readonly changes: readonly Change[];
}

export interface OutboxRow {
  readonly id: number;
  readonly event: number;
  readonly isPublished: boolean;
}

export interface Capture {
  readonly event: number;
  readonly idempotencyKey: string | null;
  readonly state: "pending" | "in-flight" | "captured" | "failed";
  readonly attempts: number;
}

export interface Database {
  /** Every commit, in order: what an audit would show. */
  readonly commits: readonly Commit[];
  /** Committed dedup keys, with the event of each. */
  readonly dedup: Readonly<Record<string, number>>;
  readonly accounts: Readonly<Record<string, Account>>;
  readonly outbox: readonly OutboxRow[];
  readonly captures: readonly Capture[];
  readonly letters: readonly string[];
}

export interface ApiRequest {
  readonly callId: string;
  readonly instance: number;
  readonly event: number;
  readonly idempotencyKey: string;
}

export interface Api {
  /** How often it was called, per event. */
  readonly calls: readonly number[];
  /** "event key" of every call that arrived, sorted: calls of two events come in any order. */
  readonly received: readonly string[];
  /** The same of every call that was applied. */
  readonly applied: readonly string[];
  /** Their callers have given up; they may be applied yet. */
  readonly late: readonly ApiRequest[];
}

/** Who owns which partition of a topic, since which generation, and what is committed. */
export interface Group {
  readonly owners: readonly number[];
  readonly generations: readonly number[];
  readonly committed: readonly number[];
}

export interface Published {
  readonly event: number;
  readonly isNamed: boolean;
}

/** Records fetched and not yet worked through. */
export interface Batch {
  readonly partition: number;
  readonly generation: number;
  /** The next offset to handle, and the one behind the last. */
  readonly next: number;
  readonly end: number;
}

export interface Instance {
  readonly isAlive: boolean;
  readonly incarnation: number;
  /** Next offset to fetch per partition; null where it believes that it owns nothing. */
  readonly positions: Readonly<Record<Consumer, readonly (number | null)[]>>;
  readonly batches: Readonly<Record<Consumer, Batch | null>>;
}

/** What a server was asked; `isDone` once it has done it and the answer is on its way. */
export type Pending =
  | { readonly kind: "commit"; readonly isDone: boolean; readonly isCommitted: boolean }
  | {
      readonly kind: "offset";
      readonly isDone: boolean;
      readonly committed: number;
      readonly isFenced: boolean;
    }
  | { readonly kind: "publish"; readonly isDone: boolean }
  | { readonly kind: "call"; readonly isDone: boolean; readonly request: ApiRequest };

/** One piece of work in hand of one thread of one instance. */
export interface Lane {
  readonly id: string;
  readonly instance: number;
  readonly role: Role;
  /** Next instruction of its program. */
  readonly pc: number;
  /** Consumers: the record, null for what follows a batch. */
  readonly place: Place | null;
  readonly partition: number;
  /** Relay: the rows taken. */
  readonly rows: readonly OutboxRow[];
  /** Capture worker: the capture leased. */
  readonly capture: Capture | null;
  /** Its lease has run out: another worker may take the capture over. */
  readonly isOverdue: boolean;
  readonly sighting: "first" | "seen" | null;
  /** Account read outside a transaction. */
  readonly account: Account | null;
  /** Idempotency key of a capture made from within the handler. */
  readonly captured: string | null;
  readonly transaction: Transaction | null;
  readonly pending: Pending | null;
}

export interface State {
  readonly groups: Readonly<Record<Consumer, Group>>;
  /** The output topic. */
  readonly output: readonly Published[];
  readonly database: Database;
  readonly api: Api;
  readonly instances: readonly Instance[];
  /** Sorted by id. */
  readonly lanes: readonly Lane[];
  readonly faults: number;
  /**
   * Per business key, what came first of two things on the wires whose order is a matter of judgement:
   * "publish": COMMIT requested (q) and published (p); "offset": COMMIT applied (a) and an offset
   * behind it asked for (o); "zombie": instances that committed it after they had lost its partition.
   * States that differ in it have histories a judge may tell apart.
   */
  readonly seen: Readonly<Record<string, string>>;
}

export function withLane(state: State, lane: Lane): State {
  const others = state.lanes.filter(({ id }) => id !== lane.id);
  return { ...state, lanes: [...others, lane].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

export function withoutLanes(state: State, isGone: (lane: Lane) => boolean): State {
  return { ...state, lanes: state.lanes.filter((lane) => !isGone(lane)) };
}

export function withInstance(state: State, index: number, change: Partial<Instance>): State {
  const instance = state.instances[index];
  if (instance === undefined) return state;
  return { ...state, instances: state.instances.with(index, { ...instance, ...change }) };
}

export function withGroup(state: State, role: Consumer, change: Partial<Group>): State {
  return {
    ...state,
    groups: { ...state.groups, [role]: { ...state.groups[role], ...change } },
  };
}

const MATTER = { q: "publish", p: "publish", a: "offset", o: "offset" } as const;

/** Notes the first time something was seen of a key on the wires; a number is a zombie's. */
export function withSeen(
  state: State,
  keys: readonly string[],
  what: keyof typeof MATTER | number,
): State {
  const matter = typeof what === "number" ? "zombie" : MATTER[what];
  const names = keys.map((key) => `${matter} ${key}`);
  const fresh = names.filter((name) => !(state.seen[name] ?? "").includes(String(what)));
  if (fresh.length === 0) return state;
  const noted = fresh.map((name) => [name, `${state.seen[name] ?? ""}${what}`] as const);
  return { ...state, seen: { ...state.seen, ...Object.fromEntries(noted) } };
}
