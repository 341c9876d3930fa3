import type { Client, Pool } from "pg";

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Our own connections carry this name; it tells them from the subject's. */
export const OBSERVER_NAME = "gameday-observer";

const LIMITS = {
  connectionTimeoutMillis: 5_000,
  statement_timeout: 30_000,
  query_timeout: 35_000,
} as const;

/** A connected client. pg is imported on use: it costs 0.1 s. */
export async function connect(address: ServerAddress, database: string): Promise<Client> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({
    ...address,
    ...LIMITS,
    database,
    application_name: OBSERVER_NAME,
  });
  client.on("error", () => {
    // The server went away: the next query on this client rejects and says so.
  });
  await client.connect();
  return client;
}

/** A small pool for one database; connects on first use. */
export async function openPool(address: ServerAddress, database: string): Promise<Pool> {
  const { default: pg } = await import("pg");
  const name = OBSERVER_NAME;
  const pool = new pg.Pool({ ...address, ...LIMITS, database, application_name: name, max: 2 });
  pool.on("error", () => {
    // An idle connection was cut: the pool replaces it, and the next query speaks up if it cannot.
  });
  return pool;
}
