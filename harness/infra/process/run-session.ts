import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HarnessError } from "../../model/errors.ts";
import type { Progress } from "../../ports/basics.ts";
import { startChild, type Child, type ChildSpec } from "./child.ts";
import { withDeadline } from "./deadline.ts";
import { RunJournal } from "./journal.ts";
import { reap, sweep } from "./reap.ts";

const REAPER_EXIT_TIMEOUT_MS = 20_000;

/** What tells the reaper which engine the run's containers are on, and nothing else. */
function engineEnvironment(): Readonly<Record<string, string>> {
  const names = ["DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "XDG_RUNTIME_DIR", "HOME"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function startReaper(journalFile: string): ChildProcess {
  const self = fileURLToPath(import.meta.url);
  const script = fileURLToPath(new URL(`./reaper${extname(self)}`, import.meta.url));
  const reaper = spawn(process.execPath, [script, journalFile], {
    cwd: tmpdir(),
    env: engineEnvironment(),
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  reaper.on("error", () => {
    // Without a reaper an orderly stop still cleans up, and the next start sweeps.
  });
  reaper.stdin?.on("error", () => {
    // EPIPE after the reaper ended: nothing is ever written to it.
  });
  // The harness may end while the pipe is open: that end is what the reaper waits for.
  reaper.unref();
  return reaper;
}

/** Owns everything a run starts: its processes, its temporary folder, its journal, its reaper. */
export class RunSession {
  readonly folder: string;
  readonly journal: RunJournal;
  readonly #reaper: ChildProcess;
  readonly #redact: ((text: string) => string) | undefined;
  readonly #abort = new AbortController();
  readonly #children: Child[] = [];
  #closing: Promise<void> | null = null;

  private constructor(journal: RunJournal, redact: ((text: string) => string) | undefined) {
    this.journal = journal;
    this.#redact = redact;
    this.#reaper = startReaper(journal.file);
    this.folder = mkdtempSync(join(tmpdir(), "gameday-"));
    chmodSync(this.folder, 0o755);
    journal.addFolder(this.folder);
  }

  /** Sweeps up after dead runs, then opens the journal of this one and starts its reaper. */
  static async open(options: {
    readonly cacheFolder: string;
    readonly runId: string;
    readonly progress: Progress;
    readonly redact?: ((text: string) => string) | undefined;
  }): Promise<RunSession> {
    const journals = join(options.cacheFolder, "runs");
    mkdirSync(journals, { recursive: true });
    const { runs, kept } = await sweep(journals);
    for (const runId of runs) {
      options.progress(`Cleaned up after run ${runId}, which did not end in order`);
    }
    for (const { runId, reason } of kept) {
      options.progress(`Run ${runId} has left containers, which could not be removed: ${reason}`);
    }
    const name = options.runId.replaceAll(/[^A-Za-z0-9._-]/g, "_");
    return new RunSession(
      new RunJournal(join(journals, `${name}.json`), options.runId),
      options.redact,
    );
  }

  /** Aborts when the session closes: downloads in progress end with it. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  async start(spec: ChildSpec): Promise<Child> {
    if (this.signal.aborted) {
      throw new HarnessError("interrupted", `Not starting ${spec.kind}: the run is stopping.`);
    }
    const child = await startChild({ ...spec, redact: this.#redact }, this.journal);
    this.#children.push(child);
    return child;
  }

  /** Ends every process, waits until all are gone, removes the folder, lets the reaper go. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#abort.abort();
    // Containers are removed, and that is verified, by the stack that made them.
    await reap({ ...this.journal.content(), hasContainers: false });
    await Promise.all(
      this.#children.map((child) =>
        withDeadline({ what: `${child.kind} to exit`, timeoutMs: 10_000 }, child.exited),
      ),
    );
    this.journal.delete();
    await this.#dismissReaper();
  }

  async #dismissReaper(): Promise<void> {
    if (this.#reaper.exitCode !== null || this.#reaper.pid === undefined) {
      return;
    }
    const exited = new Promise<void>((resolve) => {
      this.#reaper.once("exit", () => resolve());
    });
    this.#reaper.ref();
    this.#reaper.stdin?.end();
    await withDeadline({ what: "the reaper to exit", timeoutMs: REAPER_EXIT_TIMEOUT_MS }, exited);
  }
}
