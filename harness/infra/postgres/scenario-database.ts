import type { Pool } from "pg";
import type { Row } from "../../model/history.ts";
import type { AuditRow, OutboxCounts, ScenarioDatabase } from "../../ports/database.ts";
import { AUDIT_TRAIL_SQL, UNAUDITED_SQL } from "./audit-sql.ts";
import { OBSERVER_NAME, openPool, type ServerAddress } from "./connection.ts";

interface AuditRecord {
  readonly table_name: string;
  readonly op: AuditRow["op"];
  readonly xid: string;
  readonly application_name: string;
  readonly before: Row | null;
  readonly after: Row | null;
  readonly commit_order: number;
}

/** Quotes an identifier; `schema.table` names both parts. */
export function quoteName(name: string): string {
  const parts = name.split(".").map((part) => `"${part.replaceAll('"', '""')}"`);
  return parts.join(".");
}

async function readAuditTrail(pool: Pool): Promise<readonly AuditRow[]> {
  const { rows } = await pool.query<AuditRecord>(AUDIT_TRAIL_SQL);
  return rows.map((row) => ({
    table: row.table_name,
    op: row.op,
    xid: row.xid,
    commitOrder: row.commit_order,
    applicationName: row.application_name,
    before: row.before,
    after: row.after,
  }));
}

async function countOutbox(pool: Pool, table: string, publishedAt: string): Promise<OutboxCounts> {
  const { rows } = await pool.query<{ total: number; unpublished: number }>(
    `SELECT count(*)::int AS total,
            count(*) FILTER (WHERE ${quoteName(publishedAt)} IS NULL)::int AS unpublished
     FROM ${quoteName(table)}`,
  );
  return { total: rows[0]?.total ?? 0, unpublished: rows[0]?.unpublished ?? 0 };
}

async function readBackends(pool: Pool): ReturnType<ScenarioDatabase["backends"]> {
  const { rows } = await pool.query<{ pid: number; application_name: string; state: string }>(
    `SELECT pid, application_name, concat_ws(' ', coalesce(state, 'unknown'),
       CASE WHEN state <> 'idle' THEN wait_event_type || ':' || wait_event END) AS state
     FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend'
       AND pid <> pg_backend_pid() AND application_name <> $1 ORDER BY pid`,
    [OBSERVER_NAME],
  );
  return rows.map(({ pid, application_name, state }) => ({
    pid,
    applicationName: application_name,
    state,
  }));
}

async function readSettings(pool: Pool): Promise<Readonly<Record<string, string>>> {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN
       ('fsync', 'synchronous_commit', 'server_version', 'track_commit_timestamp',
        'full_page_writes', 'client_connection_check_interval', 'default_transaction_isolation')`,
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/** Opens a database that was cloned from the template; `dropDatabase` removes it on the server. */
export async function openScenarioDatabase(
  address: ServerAddress,
  name: string,
  dropDatabase: () => Promise<void>,
): Promise<ScenarioDatabase> {
  const pool = await openPool(address, name);
  const credentials = `${encodeURIComponent(address.user)}:${encodeURIComponent(address.password)}`;
  return {
    name,
    directUrl: `postgres://${credentials}@${address.host}:${address.port}/${encodeURIComponent(name)}`,
    auditTrail: () => readAuditTrail(pool),
    unaudited: async (tables) => {
      const { rows } = await pool.query<{ name: string }>(UNAUDITED_SQL, [tables]);
      return rows.map((row) => row.name);
    },
    backends: () => readBackends(pool),
    outbox: (table, publishedAt) => countOutbox(pool, table, publishedAt),
    settings: () => readSettings(pool),
    drop: async () => {
      await pool.end();
      await dropDatabase();
    },
  };
}
