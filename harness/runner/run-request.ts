import type { GamedayConfig } from "../model/config.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { Eviction, ProjectState } from "../model/run-header.ts";
import type { Redactor } from "../model/redact.ts";
import type { Standing } from "../model/standing.ts";
import type { Scenario } from "../model/scenario.ts";
import type { Clock, Progress } from "../ports/basics.ts";
import type { StackAdapter } from "../ports/stack.ts";

export interface RunRequest {
  readonly config: GamedayConfig;
  /** Folder of the config file: relative paths in it start here. */
  readonly configFolder: string;
  readonly scenarios: readonly Scenario[];
  readonly variant: string | null;
  readonly seed: number;
  /** Overrides each scenario's own way; null leaves it to them. */
  readonly eviction: Eviction | null;
  /** False leaves every fault planned and unarmed: the run must then be inconclusive. */
  readonly isArmed: boolean;
  /** Scenarios at a time, each on a stack of its own. */
  readonly workers: number;
  /** Ends the names of topics, groups and databases where a stack serves several runs; else empty. */
  readonly namespace: string;
  /** Stop after so many scenarios that did not pass; null runs all of them. */
  readonly maxFailures: number | null;
  /** For each scenario, once its servers are there; null is no limit. */
  readonly timeoutMs: number | null;
  /** Null outside a git checkout. */
  readonly project: ProjectState | null;
  readonly runId: string;
  readonly runFolder: string;
  readonly startedAt: string;
  readonly gamedayVersion: string;
}

export interface RunEnvironment {
  readonly stack: StackAdapter;
  readonly progress: Progress;
  /**
   * Aborted on Ctrl-C: heal, clean up, judge what there is. Its reason may be a HarnessError that says
   * why, e.g. "inconclusive" for the global timeout.
   */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Applied to everything that is written. */
  readonly redactor: Redactor;
  /** True sends the logs of servers and subject through the redactor too. */
  readonly redactLogs: boolean;
  /** Calls back when a person asks for the next manual fault; returns the function that ends it. */
  readonly onManual: (fire: () => void) => () => void;
  /** With --keep-up: settles when people have looked enough. Null lets everything go at once. */
  readonly holdUp: ((standing: Standing) => Promise<void>) | null;
  /** Sees every event of the history as it is written, for the live view. */
  readonly onEvent: (event: HistoryEvent) => void;
}
