import { connect, type ServerAddress } from "../postgres/connection.ts";
import { openDatabaseServer } from "../postgres/database-server.ts";
import type { Child } from "../process/child.ts";
import { isListening } from "../process/is-listening.ts";
import type { PostgresPart } from "./parts.ts";
import { untilReady } from "./server-readiness.ts";

const READY_TIMEOUT_MS = 60_000;

/** fsync=off is fine for process kills; durability on power loss is not claimed (preflight says so). */
export const POSTGRES_SETTINGS = [
  "fsync=off",
  "synchronous_commit=on",
  "track_commit_timestamp=on",
  "max_connections=200",
  "shared_buffers=64MB",
] as const;

/** Starts Postgres; ready when `SELECT 1` answered. `start` starts it on the same data each time. */
export async function startServer(
  address: ServerAddress,
  start: () => Promise<Child>,
): Promise<PostgresPart> {
  const startedAtMs = performance.now();
  const ready = (child: Child) =>
    untilReady(child, READY_TIMEOUT_MS, async () =>
      (await isListening(address)) ? openDatabaseServer(address) : null,
    );
  const child = await start();
  const database = await ready(child);
  const startupMs = performance.now() - startedAtMs;
  const restart = async (): Promise<Child> => {
    const again = await start();
    await (await ready(again)).close();
    return again;
  };
  return { child, database, address, version: await readVersion(address), startupMs, restart };
}

async function readVersion(address: ServerAddress): Promise<string> {
  const client = await connect(address, "postgres");
  try {
    const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
    return rows[0]?.server_version ?? "unknown";
  } finally {
    await client.end();
  }
}
