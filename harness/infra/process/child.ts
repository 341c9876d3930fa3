import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, fstatSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { HarnessError } from "../../model/errors.ts";
import type { RunJournal } from "./journal.ts";
import { lastLinesOf } from "./log-tail.ts";
import { becomesStopped, startTimeOf } from "./process-identity.ts";
import { pipeRedacted } from "./redacted-log.ts";
import { signalGroup } from "./reap.ts";

export interface ChildSpec {
  readonly kind: string;
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** stdout and stderr are appended here by the child itself: nothing is lost at a kill. */
  readonly logFile: string;
  readonly stopSignal: "SIGKILL" | "SIGQUIT";
  /** Applied to each line before it is written; the child then writes to a pipe of ours. */
  readonly redact?: ((text: string) => string) | undefined;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A journaled process in a group of its own, or a container. */
export interface Child {
  readonly kind: string;
  readonly pid: number;
  /** What a signal reaches, for evidence: "process group 123", "container 1a2b3c (pid 123)". */
  readonly what: string;
  readonly exited: Promise<ChildExit>;
  /** Null while it runs. */
  exit(): ChildExit | null;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Settles when every signal sent so far has been delivered. */
  readonly delivered: () => Promise<void>;
  /** True once every thread is stopped, asked until it is or a deadline passes. */
  readonly isStopped: () => Promise<boolean>;
  /** What being stopped is called here: "state T". */
  readonly stoppedState: string;
  readonly lastLines: (count: number) => readonly string[];
}

/** Of the harness's environment a child sees only what a login shell would give it. */
export function minimalEnvironment(): Readonly<Record<string, string>> {
  const names = ["PATH", "HOME", "USER", "LANG", "TMPDIR", "TZ", "SystemRoot"];
  const pairs = names.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(
    pairs.filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

function openProcess(spec: ChildSpec, output: number): ChildProcess {
  const [program, ...args] = spec.command;
  return spawn(program, args, {
    cwd: spec.cwd,
    env: { ...spec.env },
    stdio: spec.redact === undefined ? ["ignore", output, output] : ["ignore", "pipe", "pipe"],
    detached: true,
    shell: false,
    ...spec.user,
  });
}

async function cannotStart(spec: ChildSpec, child: ChildProcess): Promise<HarnessError> {
  const cause = await new Promise<Error>((resolve) => {
    child.once("error", resolve);
  });
  return new HarnessError(
    "environment",
    `Cannot start ${spec.kind}: ${cause.message}. Check the command and the working folder.`,
    { details: [`command: ${spec.command.join(" ")}`, `cwd: ${spec.cwd}`], cause },
  );
}

function exitOf(child: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

/** Starts and journals a process. Rejects with HarnessError when the command cannot be started. */
export async function startChild(spec: ChildSpec, journal: RunJournal): Promise<Child> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const output = openSync(spec.logFile, "a");
  const fromByte = fstatSync(output).size;
  const child = openProcess(spec, output);
  if (spec.redact === undefined) closeSync(output);
  else pipeRedacted(child, output, spec.redact);
  const { pid } = child;
  if (pid === undefined) {
    throw await cannotStart(spec, child);
  }
  // In the same tick as the spawn: nothing runs between the process and its journal entry.
  const startTime = startTimeOf(pid) ?? "gone";
  journal.addProcess({ pid, startTime, kind: spec.kind, stopSignal: spec.stopSignal });
  let exit: ChildExit | null = null;
  const exited = exitOf(child).then((result) => {
    exit = result;
    return result;
  });
  child.on("error", () => {
    // A signal that could not be delivered: `exited` tells what became of the process.
  });
  return {
    kind: spec.kind,
    pid,
    what: `process group ${pid}`,
    exited,
    exit: () => exit,
    signal: (signal) => signalGroup(pid, signal),
    delivered: () => Promise.resolve(),
    isStopped: () => becomesStopped(pid),
    stoppedState: "state T",
    lastLines: (count) => lastLinesOf(spec.logFile, count, fromByte),
  };
}
