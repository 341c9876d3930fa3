import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { HarnessError, messageOf } from "../../model/errors.ts";
import type { Row } from "../../model/history.ts";
import type { DatabaseServer, ScenarioDatabase } from "../../ports/database.ts";
import {
  AUDIT_SCHEMA_SQL,
  AUDIT_TRAIL_SQL,
  auditTriggerSql,
  quoted,
  UNAUDITED_SQL,
} from "./audit-sql.ts";
import { OBSERVER_NAME, openPool, type ServerAddress } from "./connection.ts";

const TEMPLATE = "gameday_template";

type Connect = (database: string) => Promise<pg.Pool>;

/** The harness's own connections to a server that answers `SELECT 1`. */
export async function openDatabaseServer(access: ServerAddress): Promise<DatabaseServer> {
  const connect: Connect = (database) => openPool(access, database);
  const admin = await connect("postgres");
  try {
    await admin.query("SELECT 1");
  } catch (error) {
    await admin.end();
    throw error;
  }
  const open = new Set<pg.Pool>();
  return {
    migrateTemplate: (options) => migrateTemplate({ connect, admin }, options),
    async createScenarioDatabase(name) {
      await admin.query(
        `CREATE DATABASE ${quoted(name)} TEMPLATE ${quoted(TEMPLATE)} STRATEGY wal_log`,
      );
      const pool = await connect(name);
      open.add(pool);
      return scenarioDatabase({ name, access, pool, admin, closed: () => open.delete(pool) });
    },
    async close() {
      await Promise.all([...open, admin].map((pool) => pool.end()));
    },
  };
}

async function migrateTemplate(
  server: { readonly connect: Connect; readonly admin: pg.Pool },
  options: { readonly migrationsFolder: string; readonly auditedTables: readonly string[] },
): Promise<void> {
  // A stack that serves several runs is migrated for each.
  await server.admin.query(`DROP DATABASE IF EXISTS ${quoted(TEMPLATE)} WITH (FORCE)`);
  await server.admin.query(`CREATE DATABASE ${quoted(TEMPLATE)}`);
  const pool = await server.connect(TEMPLATE);
  try {
    for (const file of migrationFiles(options.migrationsFolder)) {
      await apply(pool, file, readFileSync(file, "utf8"));
    }
    await apply(pool, "the audit schema", AUDIT_SCHEMA_SQL);
    for (const table of options.auditedTables) {
      await apply(pool, `the audit trigger on ${table}`, auditTriggerSql(table));
    }
  } finally {
    await pool.end();
  }
}

function migrationFiles(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
    return names.sort().map((name) => join(folder, name));
  } catch (cause) {
    throw new HarnessError(
      "usage",
      `Cannot read the migrations folder ${folder}: ${messageOf(cause)}. Check database.migrations in gameday.config.ts.`,
      { cause },
    );
  }
}

async function apply(pool: pg.Pool, what: string, sql: string): Promise<void> {
  try {
    await pool.query(sql);
  } catch (cause) {
    throw new HarnessError(
      "environment",
      `Postgres refused ${what}: ${messageOf(cause)}. Check the migrations and the tables named in gameday.config.ts.`,
      { cause },
    );
  }
}

interface AuditRecord {
  readonly table_name: string;
  readonly op: "insert" | "update" | "delete";
  readonly xid: string;
  readonly application_name: string;
  readonly before: Row | null;
  readonly after: Row | null;
  readonly commit_order: number;
}

async function lockTable(pool: pg.Pool, table: string): Promise<AsyncDisposable> {
  const client = await pool.connect();
  await client.query("BEGIN");
  await client.query(`LOCK TABLE ${quoted(table)} IN EXCLUSIVE MODE`);
  return {
    [Symbol.asyncDispose]: async () => {
      await client.query("ROLLBACK");
      client.release();
    },
  };
}

async function settings(pool: pg.Pool): Promise<Readonly<Record<string, string>>> {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings
     WHERE name IN ('fsync', 'synchronous_commit', 'server_version') ORDER BY name`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.setting]));
}

async function lockHolders(pool: pg.Pool, table: string): Promise<number> {
  const { rows } = await pool.query<{ holders: number }>(
    `SELECT count(*)::int AS holders FROM pg_locks
     WHERE relation = $1::regclass AND mode = 'ExclusiveLock' AND granted`,
    [quoted(table)],
  );
  return rows[0]?.holders ?? 0;
}

function scenarioDatabase(means: {
  readonly name: string;
  readonly access: ServerAddress;
  readonly pool: pg.Pool;
  readonly admin: pg.Pool;
  readonly closed: () => void;
}): ScenarioDatabase {
  const { name, access, pool } = means;
  return {
    name,
    directUrl: `postgres://${access.user}:${access.password}@${access.host}:${access.port}/${name}`,
    async auditTrail() {
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
    },
    async unaudited(tables) {
      const { rows } = await pool.query<{ name: string }>(UNAUDITED_SQL, [tables]);
      return rows.map((row) => row.name);
    },
    async backends() {
      const { rows } = await pool.query<{ pid: number; application_name: string; state: string }>(
        `SELECT pid, application_name, coalesce(state, 'starting') AS state FROM pg_stat_activity
         WHERE datname = $1 AND application_name <> $2 AND backend_type = 'client backend'`,
        [name, OBSERVER_NAME],
      );
      return rows.map((row) => ({
        pid: row.pid,
        applicationName: row.application_name,
        state: row.state,
      }));
    },
    async terminateBackends(applicationName) {
      const { rows } = await pool.query<{ ended: number }>(
        `SELECT count(*) FILTER (WHERE pg_terminate_backend(pid))::int AS ended
         FROM pg_stat_activity WHERE datname = $1 AND split_part(application_name, '+', 1) = $2`,
        [name, applicationName],
      );
      return rows[0]?.ended ?? 0;
    },
    lockTable: (table) => lockTable(pool, table),
    lockHolders: (table) => lockHolders(pool, table),
    async outbox(table, publishedAt) {
      const { rows } = await pool.query<{ total: number; unpublished: number }>(
        `SELECT count(*)::int AS total,
           (count(*) FILTER (WHERE ${quoted(publishedAt)} IS NULL))::int AS unpublished
         FROM ${quoted(table)}`,
      );
      return rows[0] ?? { total: 0, unpublished: 0 };
    },
    settings: () => settings(pool),
    async drop() {
      means.closed();
      await pool.end();
      await means.admin.query(`DROP DATABASE ${quoted(name)} WITH (FORCE)`);
    },
  };
}
