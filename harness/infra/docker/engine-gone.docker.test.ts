import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import type { RunResult } from "../../model/result.ts";
import { withDeadline } from "../process/deadline.ts";
import { clean, MOMENTS, runUntil, thingsOf } from "../testing/docker-run.ts";
import { requireEngine } from "./probe.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-engine-"));
const path = join(folder, "engine.sock");
const env = { DOCKER_HOST: `unix://${path}` };
const GIVE_UP_MS_MAX = 60_000;

/** The engine's socket as the run sees it; the engine itself stays, for the other tests. */
class Relay {
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();

  async open(): Promise<void> {
    const { endpoint } = await requireEngine();
    const upstream =
      endpoint.kind === "socket"
        ? { path: endpoint.path }
        : { host: endpoint.host, port: endpoint.port };
    const server = createServer((near) => {
      const far = createConnection(upstream);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(one);
        one.on("error", () => undefined); // cut on purpose
        one.once("close", () => other.destroy());
        one.pipe(other);
      }
    });
    this.server = server;
    await new Promise<void>((resolve) => {
      server.listen(path, () => resolve());
    });
  }

  /** As when the engine is killed: every connection ends, and no other is accepted. */
  cut(): void {
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }
}

const relay = new Relay();
afterEach(() => relay.cut());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(MOMENTS)(
  "an engine that goes away $called: exit 3 with the fix, and `gameday clean` removes the rest",
  async (moment) => {
    await relay.open();
    const run = await runUntil(moment, { folder: join(folder, "reports"), env });
    relay.cut();
    const what = "the run to give up without its engine";
    expect(await withDeadline({ what, timeoutMs: GIVE_UP_MS_MAX }, run.exited)).toBe(3);
    expect(run.said()).toMatch(/engine has gone away/);
    const reports = join(folder, "reports");
    const report = readdirSync(reports).find((name) => name.includes(run.runId)) ?? "none";
    const result = JSON.parse(
      readFileSync(join(reports, report, "result.json"), "utf8"),
    ) as RunResult;
    expect(result.error?.message).toMatch(/engine/);
    expect(await thingsOf(run.runId)).toBeGreaterThan(0);

    await relay.open();
    expect(await clean(env)).toBe(0);
    expect(await thingsOf(run.runId)).toBe(0);
  },
);
