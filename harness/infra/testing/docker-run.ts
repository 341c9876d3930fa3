import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { openEngine } from "../docker/engine.ts";
import { RUN_LABEL } from "../docker/labels.ts";
import { pollUntil } from "../process/deadline.ts";

const home = fileURLToPath(new URL("../../..", import.meta.url));
const ENTRY = "harness/cli/main.ts";
const RUN_ID_TIMEOUT_MS = 20_000;
const MOMENT_TIMEOUT_MS = 90_000;
const POLL_MS = 20;

/** A moment of a run, seen from outside. */
export interface Moment {
  readonly called: string;
  readonly isReached: (runId: string, said: string) => Promise<boolean>;
}

/** The moments at which a run is disturbed: while it starts, and while it rehearses. */
export const MOMENTS: readonly Moment[] = [
  {
    called: "while its first containers start",
    isReached: async (runId) => (await thingsOf(runId)) >= 3,
  },
  {
    called: "with its subjects at work",
    isReached: (_, said) => Promise.resolve(/steady/.test(said)),
  },
];

/** A real run of `baseline` on the docker stack, in a process of its own. */
export interface DockerRun {
  readonly harness: ChildProcess;
  readonly runId: string;
  readonly exited: Promise<number | null>;
  /** Everything it has said so far. */
  said(): string;
}

/** Starts the run and resolves once it has reached the moment. */
export async function runUntil(
  { called, isReached }: Moment,
  options: { readonly folder: string; readonly env?: Readonly<Record<string, string>> },
): Promise<DockerRun> {
  const harness = spawn(
    process.execPath,
    [ENTRY, "run", "baseline", "--stack=docker", "--workers=1", `--output=${options.folder}`],
    { cwd: home, stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...options.env } },
  );
  const exited = once(harness, "exit").then(([code]: unknown[]) => code as number | null);
  let text = "";
  harness.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  const runId = await pollUntil(
    { what: "a run id", timeoutMs: RUN_ID_TIMEOUT_MS, everyMs: POLL_MS },
    () => Promise.resolve(/run (\S+), seed/.exec(text)?.[1] ?? null),
  );
  await pollUntil(
    { what: `the run ${called}`, timeoutMs: MOMENT_TIMEOUT_MS, everyMs: POLL_MS },
    async () => ((await isReached(runId, text)) ? true : null),
  );
  return { harness, runId, exited, said: () => text };
}

/** `gameday clean`, with the code it ends with. */
export async function clean(env: Readonly<Record<string, string>>): Promise<number | null> {
  const cleaning = spawn(process.execPath, [ENTRY, "clean"], {
    cwd: home,
    stdio: "ignore",
    env: { ...process.env, ...env },
  });
  const [code] = (await once(cleaning, "exit")) as [number | null];
  return code;
}

/** Containers and networks of this run, as the engine knows them. */
export async function thingsOf(runId: string): Promise<number> {
  const { docker } = await openEngine();
  const filters = { label: [`${RUN_LABEL}=${runId}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  return containers.length + networks.length;
}
