import type { Account, Change, Database, Lane, State, Transaction } from "./state.ts";

/** A transaction with more in it. Locks are held until it ends. */
export function extended(
  transaction: Transaction | null,
  changes: readonly Change[],
  locks: readonly string[] = [],
): Transaction {
  const { changes: before, locks: held, isFailed } = transaction ?? EMPTY;
  return { changes: [...before, ...changes], locks: [...held, ...locks], isFailed };
}

const EMPTY: Transaction = { changes: [], locks: [], isFailed: false };

/** Whether another open transaction holds a lock. */
export function isLocked(state: State, lock: string, lane: Lane): boolean {
  return state.lanes.some(
    ({ id, transaction }) => id !== lane.id && transaction?.locks.includes(lock) === true,
  );
}

/** The account as this transaction sees it: its own change, or what is committed. */
export function accountSeenBy(
  { accounts }: Database,
  name: string,
  transaction: Transaction | null,
): Account | null {
  const own = transaction?.changes.findLast(
    (change) => change.table === "accounts" && change.account === name,
  );
  return own?.table === "accounts" ? own.after : (accounts[name] ?? null);
}

/** The next outbox id: given out at the statement, so that a lower id may commit later. */
export function nextOutboxId({ database, lanes }: State): number {
  const open = lanes.flatMap(({ transaction }) =>
    (transaction?.changes ?? []).flatMap((c) => (c.table === "outbox" ? [c.id] : [])),
  );
  return Math.max(0, ...database.outbox.map(({ id }) => id), ...open) + 1;
}

/** The database with a transaction's changes in it, all at once. */
export function committed(
  database: Database,
  instance: number,
  changes: readonly Change[],
): Database {
  if (changes.length === 0) return database;
  const commits = [...database.commits, { instance, changes }];
  return changes.reduce(applied, { ...database, commits });
}

function applied(database: Database, change: Change): Database {
  switch (change.table) {
    case "ledger":
    case "settlements":
      return database;
    case "outbox": {
      const row = { id: change.id, event: change.event, isPublished: false };
      return { ...database, outbox: [...database.outbox, row].sort((a, b) => a.id - b.id) };
    }
    case "outbox-published": {
      const outbox = database.outbox.map((row) =>
        row.id === change.id ? { ...row, isPublished: true } : row,
      );
      return { ...database, outbox };
    }
    case "accounts":
      return { ...database, accounts: { ...database.accounts, [change.account]: change.after } };
    case "dedup": {
      const { [change.key]: _, ...others } = database.dedup;
      const dedup = change.isDeleted ? others : { ...others, [change.key]: change.event };
      return { ...database, dedup };
    }
    case "captures": {
      const { event, idempotencyKey } = change;
      const state = idempotencyKey === null ? "pending" : "captured";
      const capture = { event, idempotencyKey, state, attempts: 0 } as const;
      return { ...database, captures: [...database.captures, capture] };
    }
    case "letters": {
      const { consumer, place } = change;
      const name = `${consumer}/${place.partition}/${place.offset}`;
      return { ...database, letters: [...database.letters, name].sort() };
    }
  }
}
