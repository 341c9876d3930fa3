import type { HostPort, Progress } from "./basics.ts";
import type { Broker } from "./broker.ts";
import type { DatabaseServer } from "./database.ts";
import type { ProxyServer } from "./links.ts";
import type { ServerControl, StackAbilities } from "./fault.ts";
import type { SubjectRunner } from "./subject.ts";

/** One thing a stack needs, for `doctor`. */
export interface Diagnosis {
  readonly name: string;
  readonly needed: string;
  /** `optional`: not there, and a stack starts without it. */
  readonly status: "ready" | "will-be-fetched" | "missing" | "optional";
  /** Version or path found, or what is wrong. */
  readonly found: string;
  /** The exact command that fixes it, when missing. */
  readonly fix: string | null;
}

/** A role's Kafka listener: where the broker really listens, and the link address it advertises. */
export interface RoleListener {
  readonly role: string;
  /** Node id of the broker, from 1. */
  readonly broker: number;
  readonly upstream: HostPort;
  /** Port reserved for the role's proxy: the broker sends clients of this listener there. */
  readonly linkPort: number;
}

export interface StartedStack extends AsyncDisposable {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Subject roles, one listener each on every broker: consumer-1, consumer-2, ... */
  readonly listeners: readonly RoleListener[];
  /** Direct Kafka listeners, one for each broker, for the observer only. */
  readonly directKafka: readonly HostPort[];
  readonly directPostgres: HostPort;
  readonly postgresUser: string;
  readonly postgresPassword: string;
  /** Address that taps and doubles of the harness listen on: where this stack's proxies reach them. */
  readonly tapHost: string;
  readonly broker: Broker;
  readonly database: DatabaseServer;
  readonly proxies: ProxyServer;
  readonly subjects: SubjectRunner;
  readonly servers: ServerControl;
  /** Where the servers keep their data, for error reports; null where this machine does not see it. */
  readonly dataFolder: string | null;
  /** Last log lines of a server, for error reports. */
  logTail(server: string): Promise<readonly string[]>;
  /** Milliseconds each part needed to start, for `bench`. */
  readonly startupMs: Readonly<Record<string, number>>;
  /** Aborts when it is lost, with a HarnessError("environment") as reason: a server ended that no fault ended, or the engine went away. */
  readonly lost: AbortSignal;
  /** Ends it for good; disposing of it may give it back to whom it came from. */
  stop(): Promise<void>;
}

export interface StackOptions {
  /** Roles that need a Kafka listener of their own. */
  readonly roles: readonly string[];
  /** 1, or 3 (replication factor 3, at least 2 in sync). */
  readonly brokers: number;
  /** Folder of this run, for server logs. */
  readonly runFolder: string;
  readonly runId: string;
  readonly progress: Progress;
  /** Applied to every line that a server or the subject logs, before it is written; none are when absent. */
  readonly redact?: (text: string) => string;
}

export interface StackAdapter {
  readonly name: string;
  /** What faults can do here, known before anything starts. */
  readonly abilities: StackAbilities;
  diagnose(): Promise<readonly Diagnosis[]>;
  /** Starts everything in parallel; on failure stops what was started and throws HarnessError("environment"). */
  start(options: StackOptions): Promise<StartedStack>;
}
