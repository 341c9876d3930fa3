/** The Postgres tap between a real client and a real server: what a held or dropped COMMIT leaves. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { startPostgres } from "../infra/local/postgres-server.ts";
import { cacheFolder } from "../infra/process/cache.ts";
import { findFreePorts } from "../infra/process/free-ports.ts";
import { RunSession } from "../infra/process/run-session.ts";
import type { BoundaryName } from "../model/boundary.ts";
import type { EventBody } from "../model/history.ts";
import type { HeldFrameDecision } from "../ports/tap.ts";
import { startPostgresTap } from "../taps/postgres/postgres-tap.ts";

const folder = await mkdtemp(join(tmpdir(), "gameday-held-"));
const session = await RunSession.open({
  cacheFolder: cacheFolder(),
  runId: `held-${process.pid}`,
  progress: () => undefined,
});
const [port = 0] = await findFreePorts(1);
const server = await startPostgres({ session, logFolder: folder, progress: () => undefined }, port);
const { address } = server;
const direct = new pg.Pool({ ...address, database: "postgres" });
await direct.query("CREATE TABLE t (id text)");
afterAll(async () => {
  await direct.end();
  await server.database.close();
  await session.close();
  await rm(folder, { recursive: true, force: true });
});

/** A client behind a tap that holds the first `boundary` until the returned function decides. */
async function heldAt(boundary: BoundaryName) {
  const events: EventBody[] = [];
  const met = Promise.withResolvers<void>();
  const fate = Promise.withResolvers<HeldFrameDecision>();
  const tap = await startPostgresTap({
    instance: "consumer-1",
    upstream: address,
    recorder: { record: (event) => events.push(event) },
    gate: {
      meet: (frame) => {
        if (frame.boundary !== boundary) return null;
        met.resolve();
        return fate.promise;
      },
    },
    stamp: () => "consumer-1",
    attribution: { identify: (text) => (text === "p1" ? { key: "p1", eventId: "e1" } : null) },
  });
  const client = new pg.Client({ ...address, ...tap.listen, database: "postgres" });
  const lost = new Promise<void>((resolve) => {
    client.on("error", () => resolve());
  });
  await client.connect();
  return { events, met: met.promise, decide: fate.resolve, client, lost, tap };
}

const rows = async (id: string): Promise<number> =>
  (await direct.query("SELECT 1 FROM t WHERE id = $1", [id])).rowCount ?? 0;

test("a held commit.applied: the row is there, the client has not been told", async () => {
  const { client, met, decide, events, tap } = await heldAt("postgres.commit.applied");
  await client.query("BEGIN");
  await client.query("INSERT INTO t VALUES ($1)", ["p1"]);
  let isTold = false;
  const commit = client.query("COMMIT").then((answer) => {
    isTold = true;
    return answer.command;
  });
  await met;
  expect(await rows("p1")).toBe(1);
  expect(isTold).toBe(false);
  decide("release");
  expect(await commit).toBe("COMMIT");
  await client.end();
  await tap.close();
  expect(events).toContainEqual({
    stream: "wire",
    boundary: "postgres.commit.applied",
    instance: "consumer-1",
    keys: ["p1"],
    action: "released",
    tag: "COMMIT",
  });
});

test("a dropped commit.requested: the row never appears, the connection ends", async () => {
  const { client, met, decide, tap, lost } = await heldAt("postgres.commit.requested");
  await client.query("BEGIN");
  await client.query("INSERT INTO t VALUES ($1)", ["p2"]);
  const commit = client.query("COMMIT").catch((error: Error) => error.message);
  await met;
  expect(await rows("p2")).toBe(0);
  decide("drop");
  expect(await commit).toMatch(/terminated/);
  await lost;
  // The backend is gone once its connection is: only then can nothing commit any more.
  await expect
    .poll(async () => {
      const busy = await direct.query(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'consumer-1'",
      );
      return busy.rowCount;
    })
    .toBe(0);
  expect(await rows("p2")).toBe(0);
  await tap.close();
});

test("COMMIT after a swallowed error is answered ROLLBACK: refused, and no trigger meets it", async () => {
  const { client, events, tap } = await heldAt("postgres.commit.applied");
  await client.query("BEGIN");
  await client.query("INSERT INTO t VALUES ($1)", ["p1"]);
  await client.query("no such statement").catch(() => undefined);
  expect((await client.query("COMMIT")).command).toBe("ROLLBACK");
  await client.end();
  await tap.close();
  expect(events.filter((event) => event.stream === "wire")).toMatchObject([
    { boundary: "postgres.statement.applied", action: "refused", tag: "ERROR 42601" },
    { boundary: "postgres.commit.requested", action: "passed" },
    { boundary: "postgres.commit.applied", action: "refused", tag: "ROLLBACK" },
  ]);
});
