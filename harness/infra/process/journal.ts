import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { bootId, startTimeOf } from "./process-identity.ts";

/** One process group started for a run. */
export interface JournaledProcess {
  readonly pid: number;
  /** From `startTimeOf`: tells the process from a later one with the same id. */
  readonly startTime: string;
  readonly kind: string;
  /** What ends it. Postgres needs SIGQUIT: its backends leave the process group. */
  readonly stopSignal: "SIGKILL" | "SIGQUIT";
}

/** Everything a run must leave no trace of: what to kill and which folders to remove. */
export interface JournalContent {
  readonly version: 1;
  readonly runId: string;
  readonly bootId: string;
  readonly owner: { readonly pid: number; readonly startTime: string };
  readonly processes: readonly JournaledProcess[];
  readonly folders: readonly string[];
  /** True when the run has containers: they carry its run id in a label. */
  readonly hasContainers: boolean;
}

/** What a sweep after dead runs came to. */
export interface Swept {
  readonly runs: readonly string[];
  /** Runs with containers that could not be removed, and why; their journals stay for the next sweep. */
  readonly kept: readonly { readonly runId: string; readonly reason: string }[];
}

type Shape = Record<string, unknown>;

function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null;
}

function isGroup(value: unknown): value is JournaledProcess {
  if (!isShape(value) || !Number.isSafeInteger(value["pid"]) || Number(value["pid"]) <= 1) {
    return false;
  }
  const isStopSignal = value["stopSignal"] === "SIGKILL" || value["stopSignal"] === "SIGQUIT";
  return (
    typeof value["startTime"] === "string" && typeof value["kind"] === "string" && isStopSignal
  );
}

function isOwner(value: unknown): value is JournalContent["owner"] {
  return (
    isShape(value) && Number.isSafeInteger(value["pid"]) && typeof value["startTime"] === "string"
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Reported by the caller as "not a journal".
  }
}

/** Null when the text is not a journal of this version: nothing is killed on a guess. */
export function parseJournal(text: string): JournalContent | null {
  const value = parseJson(text);
  if (!isShape(value) || value["version"] !== 1 || !isOwner(value["owner"])) {
    return null;
  }
  const { runId, bootId: boot, owner, processes, folders } = value;
  if (typeof runId !== "string" || typeof boot !== "string") {
    return null;
  }
  if (!Array.isArray(processes) || !processes.every(isGroup)) {
    return null;
  }
  if (!Array.isArray(folders) || !folders.every((folder) => typeof folder === "string")) {
    return null;
  }
  const hasContainers = value["hasContainers"] === true;
  return { version: 1, runId, bootId: boot, owner, processes, folders, hasContainers };
}

/** Reads a journal; null when it is gone or not understood. */
export function readJournal(file: string): JournalContent | null {
  try {
    return parseJournal(readFileSync(file, "utf8"));
  } catch {
    return null; // Deleted meanwhile: that run cleaned up after itself.
  }
}

/** The journal of one run, written through at once: it must survive `kill -9` of the harness. */
export class RunJournal {
  readonly file: string;
  #content: JournalContent;

  constructor(file: string, runId: string) {
    this.file = file;
    const owner = { pid: process.pid, startTime: startTimeOf(process.pid) ?? "" };
    this.#content = {
      version: 1,
      runId,
      bootId: bootId(),
      owner,
      processes: [],
      folders: [],
      hasContainers: false,
    };
    this.#write();
  }

  addProcess(entry: JournaledProcess): void {
    this.#content = { ...this.#content, processes: [...this.#content.processes, entry] };
    this.#write();
  }

  removeProcess(pid: number): void {
    const processes = this.#content.processes.filter((entry) => entry.pid !== pid);
    this.#content = { ...this.#content, processes };
    this.#write();
  }

  addFolder(folder: string): void {
    this.#content = { ...this.#content, folders: [...this.#content.folders, folder] };
    this.#write();
  }

  /** Says so before the first container is made. */
  noteContainers(): void {
    this.#content = { ...this.#content, hasContainers: true };
    this.#write();
  }

  content(): JournalContent {
    return this.#content;
  }

  delete(): void {
    rmSync(this.file, { force: true });
  }

  #write(): void {
    const draft = `${this.file}.${process.pid}.tmp`;
    writeFileSync(draft, JSON.stringify(this.#content, null, 2));
    renameSync(draft, this.file);
  }
}
