/**
 * The public API: what `gameday.config.ts` and scenario files import. Everything else is internal.
 */
import type { GamedayConfig } from "./model/config.ts";
import type { Scenario } from "./model/scenario.ts";

/** Types and returns the configuration; the one default export of `gameday.config.ts`. */
export function defineConfig(config: GamedayConfig): GamedayConfig {
  return config;
}

/** Types and returns a scenario; the one default export of a `*.scenario.ts` file. */
export function defineScenario(scenario: Scenario): Scenario {
  return scenario;
}

export type {
  GamedayConfig,
  InstanceWiring,
  KafkaRecord,
  RunDefaults,
  SecretsDeclaration,
  SubjectConfig,
} from "./model/config.ts";
export type { CalibrationPair, CalibrationResult } from "./model/calibration.ts";
export { GUARANTEES } from "./model/guarantee.ts";
export type { GuaranteeId, Finding, GuaranteeResult } from "./model/guarantee.ts";
export type { Intent } from "./model/intent.ts";
export type { ReportFormat, Reporter, ReporterMeans, StoredRun } from "./model/reporter.ts";
export type { HistoryEvent } from "./model/history.ts";
export type { RunResult, ScenarioResult } from "./model/result.ts";
export type {
  ApiMode,
  FaultAction,
  FaultSpec,
  Scenario,
  Trigger,
  TriggerMatch,
  Until,
} from "./model/scenario.ts";
export type {
  BalanceDeclaration,
  DeadLetterDeclaration,
  DedupDeclaration,
  EffectDeclaration,
  Eviction,
  Exercise,
  HeldFrameFate,
  Limits,
  OutboxDeclaration,
} from "./model/run-header.ts";
