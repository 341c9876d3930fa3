import type { Intent } from "./intent.ts";
import type { CalibrationPair } from "./calibration.ts";
import type { Version } from "./history.ts";
import type { ReportFormat, Reporter } from "./reporter.ts";
import type {
  BalanceDeclaration,
  DeadLetterDeclaration,
  DedupDeclaration,
  EffectDeclaration,
  Eviction,
  MetricsDeclaration,
  OutboxDeclaration,
} from "./run-header.ts";

/** Session timeout where a scenario lets the broker evict; brokers allow no less by default. */
export const SESSION_TIMEOUT_MS = 6_000;
/** Where the harness evicts: long enough that no timeout comes between. */
const LONG_SESSION_TIMEOUT_MS = 30_000;

/** What the subject is told, so that a member leaves the way that was asked for. */
export function sessionTimeoutFor(eviction: Eviction): number {
  return eviction === "session-timeout" ? SESSION_TIMEOUT_MS : LONG_SESSION_TIMEOUT_MS;
}

/** What one instance of the subject is told: addresses of its own links and names of this scenario. */
export interface InstanceWiring {
  readonly instance: string;
  /** host:port of the instance's own Kafka link; several brokers are separated by commas. */
  readonly kafka: string;
  readonly group: string;
  /** Topic name in the config → topic name of this scenario. */
  readonly topics: Readonly<Record<string, string>>;
  /** Output topic in the config → group that consumes it, for those the subject consumes itself. */
  readonly groups: Readonly<Record<string, string>>;
  /** postgres:// URL through the instance's own link. */
  readonly databaseUrl: string;
  /** Base URL of the API through the instance's own link. */
  readonly apiUrl: string;
  /** Port on which the instance should answer its health path. */
  readonly httpPort: number;
  /** Address to listen on: 127.0.0.1, or every interface of a container (published on loopback only). */
  readonly httpHost: string;
  readonly variant: string | null;
  /** `next` once a redeploy has replaced this instance. */
  readonly version: Version;
  /** Session timeout the instance should ask for, so that evictions come as the scenario expects. */
  readonly sessionTimeoutMs: number;
  /** Addresses that go around the links. For tests of the harness itself: using one is a bypass. */
  readonly direct: { readonly kafka: string; readonly databaseUrl: string };
}

/** The subject as an image: one that exists, or one that is built (and cached in layers) before a run. */
export type SubjectContainer = (
  | { readonly image: string }
  | {
      /** Path of the Dockerfile; relative to the config file. */
      readonly dockerfile: string;
      /** Folder sent to the build, less what its .dockerignore names; that of the config file by default. */
      readonly context?: string;
    }
) & {
  /** Instead of the image's own command. */
  readonly command?: readonly [string, ...string[]];
};

/** Images of the docker stack: names with tag or digest. */
export interface DockerConfig {
  readonly images?: {
    readonly kafka?: string;
    readonly postgres?: string;
    readonly toxiproxy?: string;
  };
}

export interface SubjectConfig {
  /** Program and arguments, started in its own process group. Never through a shell. */
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly env: (wiring: InstanceWiring) => Readonly<Record<string, string>>;
  /** Path that answers 200 once the instance is ready to work. */
  readonly healthPath: string;
  readonly readyTimeoutMs?: number;
  readonly metrics?: MetricsDeclaration;
  /** Known variants; `--variant` accepts only these. */
  readonly variants?: readonly string[];
  /** The next version, for redeploy scenarios; the same command when left out. */
  readonly next?: {
    readonly command: readonly [string, ...string[]];
    readonly cwd?: string;
    readonly container?: SubjectContainer;
  };
  /** How `--stack docker` runs it. Without this the command runs on this machine there as well. */
  readonly container?: SubjectContainer;
}

export interface KafkaRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A topic the subject publishes to; with a `group`, it also consumes it, and drained waits for that. */
export interface OutputTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly group?: string;
}

/** A table of background work, e.g. capture intents: a row is done when its state is in `done`. */
export interface WorkDeclaration {
  readonly table: string;
  readonly id: string;
  readonly state: string;
  readonly done: readonly string[];
}

/**
 * What must not be written anywhere: journal, result, reports, logs of servers and subject. With this,
 * logs go through the harness, line by line.
 */
export interface SecretsDeclaration {
  /** Environment variables, of gameday's own process or given to the subject, whose values are secret. */
  readonly env?: readonly string[];
  /** Names of payload fields, columns, headers, query parameters and log fields whose values are secret. */
  readonly fields?: readonly string[];
}

/** What `gameday run` does when neither a flag nor a GAMEDAY_* variable says otherwise. */
export interface RunDefaults {
  readonly stack?: string;
  readonly variant?: string;
  readonly seed?: number;
  readonly eviction?: Eviction;
  /** Ids of reporters, paths of modules that export one, or reporters themselves. */
  readonly reporters?: readonly (string | Reporter | ReportFormat)[];
  readonly repeatEach?: number;
  readonly maxFailures?: number;
  /** Milliseconds for each scenario. */
  readonly timeoutMs?: number;
  /** Milliseconds for the whole run. */
  readonly globalTimeoutMs?: number;
}

/** `gameday.config.ts`: how a subject is attached. The reference service uses nothing else. */
export interface GamedayConfig {
  readonly subject: SubjectConfig;
  readonly database: {
    /** Folder of *.sql files, applied in name order to the template database. */
    readonly migrations: string;
    readonly balance?: BalanceDeclaration;
    readonly outbox?: OutboxDeclaration;
    readonly deadLetters?: DeadLetterDeclaration;
    readonly dedup?: DedupDeclaration;
    /** Work the subject still owes after the offset commit: drained waits for it. */
    readonly work?: WorkDeclaration;
  };
  readonly input: {
    readonly topic: string;
    readonly partitions: number;
    /** The record that carries an intent. */
    readonly encode: (intent: Intent) => KafkaRecord;
  };
  /** Other topics the subject uses. */
  readonly outputs: readonly OutputTopic[];
  /** Header of output records that carries the event id. */
  readonly eventIdHeader: string;
  readonly effects: readonly EffectDeclaration[];
  /** For `gameday calibrate`: which known-broken variant which scenario must catch. */
  readonly calibration?: readonly CalibrationPair[];
  /** Folder of *.scenario.ts files. */
  readonly scenarios: string;
  /** Reports folder, default "reports" beside the config. */
  readonly output?: string;
  readonly docker?: DockerConfig;
  /** Scenarios at a time, each on a stack of its own (default: one for each core, 3 at most). */
  readonly workers?: number;
  readonly secrets?: SecretsDeclaration;
  readonly run?: RunDefaults;
}
