import type { Row } from "../model/history.ts";

/** One committed change, as the audit trail kept it. */
export interface AuditRow {
  readonly table: string;
  readonly op: "insert" | "update" | "delete";
  readonly xid: string;
  readonly commitOrder: number;
  readonly applicationName: string;
  readonly before: Row | null;
  readonly after: Row | null;
}

export interface OutboxCounts {
  readonly total: number;
  readonly unpublished: number;
}

/** One scenario's database, reached directly (not over a link). */
export interface ScenarioDatabase {
  readonly name: string;
  /** postgres:// URL that bypasses the links; the subject must never get it. */
  readonly directUrl: string;
  /** Every audited change in commit order. */
  auditTrail(): Promise<readonly AuditRow[]>;
  /** Tables without an audit trigger among those named. */
  unaudited(tables: readonly string[]): Promise<readonly string[]>;
  /** Clients' backends other than ours on this database (an autovacuum worker is nobody's): state and what they wait for. */
  backends(): Promise<readonly { pid: number; applicationName: string; state: string }[]>;
  /** pg_terminate_backend on every session of this application name; the number ended. */
  terminateBackends(applicationName: string): Promise<number>;
  /** Takes an EXCLUSIVE lock in a session of its own; disposing it lets go. */
  lockTable(table: string): Promise<AsyncDisposable>;
  /** Sessions that hold the table in EXCLUSIVE mode (pg_locks). */
  lockHolders(table: string): Promise<number>;
  outbox(table: string, publishedAt: string): Promise<OutboxCounts>;
  /** Settings that durability claims rest on: fsync, synchronous_commit, server_version. */
  settings(): Promise<Readonly<Record<string, string>>>;
  /** Ends every other connection and drops the database. */
  drop(): Promise<void>;
}

export interface DatabaseServer {
  /** Creates the template once: applies the migrations and installs the audit triggers. */
  migrateTemplate(options: {
    readonly migrationsFolder: string;
    readonly auditedTables: readonly string[];
  }): Promise<void>;
  /** Clones the template (strategy wal_log). */
  createScenarioDatabase(name: string): Promise<ScenarioDatabase>;
  close(): Promise<void>;
}
