import pg from "pg";

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
    // Server-side limits: query_timeout would only give up waiting, the statement would go on.
    statement_timeout: 5_000,
    lock_timeout: options.lockTimeoutMs,
    idle_in_transaction_session_timeout: 10_000,
  });
  // Without a listener, a terminated idle backend would end the process.
  if (options.onError !== null) pool.on("error", options.onError);
  return pool;
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
    throw failure;
  } finally {
    client.off("error", onLost);
    // release(error) closes the connection: an open transaction must not reach the next user.
    client.release(failure);
  }
}
