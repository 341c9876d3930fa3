import type { ChildExit } from "../process/child.ts";
import { call, type Docker } from "./engine.ts";
import { jsonLines } from "./json-lines.ts";
import { RUN_LABEL } from "./labels.ts";

interface EngineEvent {
  readonly Action?: string;
  readonly Actor?: {
    readonly ID?: string;
    readonly Attributes?: Readonly<Record<string, string>>;
  };
}

/** How an exit is called when the engine went away before it could be seen. */
export const ENGINE_LOST = "engine-lost";
/** How an exit is called when the engine's memory limit ended the process. */
const OUT_OF_MEMORY = "out-of-memory";

const SIGNALS: Readonly<Record<number, string>> = {
  129: "SIGHUP",
  130: "SIGINT",
  131: "SIGQUIT",
  132: "SIGILL",
  134: "SIGABRT",
  135: "SIGBUS",
  136: "SIGFPE",
  137: "SIGKILL",
  139: "SIGSEGV",
  141: "SIGPIPE",
  143: "SIGTERM",
};

/** The exit in a container's status: 128 + n is the end by signal n, as the engine reports it. */
export function exitFrom(status: number, wasOutOfMemory: boolean): ChildExit {
  const signal = wasOutOfMemory ? OUT_OF_MEMORY : SIGNALS[status];
  return signal === undefined ? { code: status, signal: null } : { code: null, signal };
}

/**
 * The engine's own account of a run's containers: who died, how, when. One stream for all of them. When
 * it ends before `close`, the engine is gone, and every container that is waited for counts as lost.
 */
export class EngineEvents {
  private readonly waiting = new Map<string, (exit: ChildExit) => void>();
  private readonly outOfMemory = new Set<string>();
  private readonly stream: NodeJS.ReadableStream & { destroy?: () => void };
  private readonly onLost: () => void;
  private isClosed = false;
  private isLost = false;

  private constructor(stream: NodeJS.ReadableStream, onLost: () => void) {
    this.stream = stream;
    this.onLost = onLost;
    void this.read();
  }

  static async open(docker: Docker, runId: string, onLost: () => void): Promise<EngineEvents> {
    const filters = { type: ["container" as const], label: [`${RUN_LABEL}=${runId}`] };
    return new EngineEvents(
      await call("open its event stream", docker.getEvents({ filters })),
      onLost,
    );
  }

  /** Settles when this container dies next; ask before it is started. Never rejects. */
  died(id: string): Promise<ChildExit> {
    if (this.isLost) return Promise.resolve({ code: null, signal: ENGINE_LOST });
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  /** What an inspection found out, when the event has not come. */
  note(id: string, exit: ChildExit): void {
    this.waiting.get(id)?.(exit);
    this.waiting.delete(id);
  }

  close(): void {
    this.isClosed = true;
    this.stream.destroy?.();
  }

  private async read(): Promise<void> {
    try {
      for await (const event of jsonLines<EngineEvent>(this.stream)) this.see(event);
    } catch {
      // A broken stream is an ended one.
    }
    if (this.isClosed) return;
    this.isLost = true;
    this.onLost();
    for (const id of this.waiting.keys()) this.note(id, { code: null, signal: ENGINE_LOST });
  }

  private see({ Action: action, Actor: actor }: EngineEvent): void {
    const id = actor?.ID ?? "";
    if (action === "oom") this.outOfMemory.add(id);
    if (action !== "die") return;
    const status = Number(actor?.Attributes?.["exitCode"] ?? Number.NaN);
    this.note(id, exitFrom(status, this.outOfMemory.delete(id)));
  }
}
