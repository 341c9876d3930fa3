/** A server that ends by itself, at the moments of a run when clients would wait for it longest. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cacheFolder } from "../infra/process/cache.ts";
import { readJournal } from "../infra/process/journal.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { StackAdapter } from "../ports/stack.ts";
import { loadPackaged, selectScenarios } from "./load.ts";
import { localStack, runAndStore } from "./session.ts";

const output = mkdtempSync(join(tmpdir(), "gameday-lost-"));
const loaded = await loadPackaged();
const scenarios = selectScenarios(loaded.scenarios, [
  "baseline",
  "kill-consumer-between-commit-and-ack",
]);
afterAll(() => rmSync(output, { recursive: true, force: true }));

/** Far below the minutes for which kafkajs alone would try again. */
const GIVE_UP_MS_MAX = 30_000;

const isSteady = (event: HistoryEvent): boolean => event.stream === "intent";
const isPreflight = (event: HistoryEvent): boolean =>
  event.stream === "phase" && event.phase === "preflight";

test.each([
  { server: "kafka", when: "while the workload is sent", isDue: isSteady },
  { server: "postgres", when: "while the workload is sent", isDue: isSteady },
  { server: "toxiproxy", when: "while the workload is sent", isDue: isSteady },
  { server: "kafka", when: "in preflight", isDue: isPreflight },
])(
  "$server ends $when: the environment is to blame, at once",
  async ({ server, isDue }) => {
    const local = await localStack();
    let runId = "";
    const stack: StackAdapter = {
      ...local,
      start: (options) => {
        ({ runId } = options);
        return local.start(options);
      },
    };
    let killedPid = 0;
    const { result } = await runAndStore({
      loaded,
      scenarios,
      stack,
      variant: null,
      seed: 1,
      eviction: null,
      isArmed: true,
      output,
      isQuiet: true,
      workers: 1,
      onEvent: (event) => {
        if (killedPid !== 0 || !isDue(event)) return;
        const journal = readJournal(join(cacheFolder(), "runs", `${runId}.json`));
        killedPid = journal?.processes.find(({ kind }) => kind === server)?.pid ?? 0;
        process.kill(killedPid, "SIGKILL");
      },
    });
    expect(killedPid).toBeGreaterThan(0);
    expect(result).toMatchObject({ verdict: "environment", exitCode: 3 });
    expect(result.error?.message).toMatch(
      new RegExp(`^${server} \\(pid ${killedPid}\\) ended by SIGKILL, and no fault`),
    );
    expect(result.scenarios.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["baseline", "environment"],
    ]);
    expect(result.notRun?.map(({ id }) => id)).toEqual(["kill-consumer-between-commit-and-ack"]);
  },
  GIVE_UP_MS_MAX,
);
