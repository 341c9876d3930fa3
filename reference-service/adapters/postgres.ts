import pg from "pg";
import { Refused } from "../application/refused.ts";

/** A pool that defends itself: bounded statements, locks and idle transactions. */
export function createPool(options: {
  readonly databaseUrl: string;
  readonly lockTimeoutMs: number;
  /** Null: nobody listens, and a lost idle connection ends the process. */
  readonly onError: ((error: Error) => void) | null;
}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: 6,
    connectionTimeoutMillis: 5_000,
    // Server-side limits end the statement; query_timeout only gives up waiting for a server that
    // is gone without a word, and comes last. What it gives up has an unknown outcome.
    statement_timeout: 5_000,
    query_timeout: 8_000,
    keepAlive: true,
    lock_timeout: options.lockTimeoutMs,
    idle_in_transaction_session_timeout: 10_000,
  });
  // Without a listener, a terminated idle backend would end the process.
  if (options.onError !== null) pool.on("error", options.onError);
  return pool;
}

const PURGED_ROWS_MAX = 1_000;

/**
 * Deletes rows older than `retentionMs` by the database's clock (unless `now` is given), a thousand
 * at most: one DELETE of everything that has piled up would end at `statement_timeout`, each time
 * anew. True when there may be more.
 */
export async function purgeOlder(
  pool: pg.Pool,
  of: {
    readonly table: string;
    readonly column: string;
    readonly retentionMs: number;
    readonly now: Date | null;
  },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `DELETE FROM ${of.table} WHERE ctid IN (
       SELECT ctid FROM ${of.table}
       WHERE ${of.column} < coalesce($2::timestamptz, clock_timestamp()) - make_interval(secs => $1::float / 1000)
       LIMIT ${PURGED_ROWS_MAX})`,
    [of.retentionMs, of.now],
  );
  return rowCount === PURGED_ROWS_MAX;
}

/** Runs `work` in one transaction and checks that COMMIT really committed. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  { isChecked = true }: { readonly isChecked?: boolean } = {},
): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  // The pool listens to idle clients only: a connection lost between two statements of a
  // transaction would end the process. The next statement on it fails and says so.
  const onLost = (error: Error): void => {
    failure ??= error;
  };
  client.on("error", onLost);
  try {
    await client.query("BEGIN");
    const result = await work(client);
    const answer = await client.query("COMMIT");
    // After a swallowed statement error Postgres answers COMMIT with ROLLBACK, and pg resolves.
    if (isChecked && answer.command !== "COMMIT")
      throw new Error(`COMMIT was answered with ${answer.command}`);
    return result;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw isPermanent(failure) ? new Refused(failure.message, { cause: failure }) : failure;
  } finally {
    client.off("error", onLost);
    // release(error) closes the connection: an open transaction must not reach the next user.
    client.release(failure);
  }
}

/**
 * SQLSTATE classes 22 (data exception) and 23 (integrity constraint violation) come again at every
 * attempt. Lost connections (08, 57), conflicts (40), limits (53) and locks (55) pass; so does a
 * mistake in our own statements (42), once it is deployed away: nothing is given up for it.
 */
export function isPermanent(error: Error): boolean {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? "");
}
