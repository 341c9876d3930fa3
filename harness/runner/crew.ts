import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { HarnessError, messageOf } from "../model/errors.ts";
import { MANUAL } from "../model/boundary.ts";
import type { Scenario } from "../model/scenario.ts";
import type { StartedStack } from "../ports/stack.ts";
import { blame } from "./blame.ts";
import { rolesOf } from "./roles.ts";
import type { RunEnvironment, RunRequest } from "./run-request.ts";

/** What ended a run early, and in which scenario. */
export interface Failure {
  readonly scenario: string | null;
  readonly error: HarnessError;
}

/** One scenario on the stack that it has to itself for the while. */
export interface Turn {
  readonly stack: StartedStack;
  readonly scenario: Scenario;
  /** No other scenario waits. */
  readonly isLast: boolean;
  /** What an earlier scenario left unhealed on this stack; null when nothing. */
  readonly suspect: string | null;
}

interface Work {
  /** Runs one scenario; what it left unhealed, in words, or null. */
  readonly run: (turn: Turn) => Promise<string | null>;
  /** True when no other scenario is to begin. */
  readonly isEnough: () => boolean;
}

/** Scenarios that need stacks of one kind, and wait for one. */
interface Pool {
  readonly brokers: number;
  readonly waiting: Scenario[];
  readonly roles: readonly string[];
  /** Three brokers take all of a small machine: no second stack of them. */
  readonly stacksMax: number;
  stacks: number;
}

/**
 * Workers that take scenarios one after the other, each on a stack of its own: what one worker does to
 * its servers, no other sees. A stack is started only when there is a scenario for it, and outlives
 * scenarios. The first failure lets the others finish their scenario and take no other.
 */
export class Crew {
  failure: Failure | null = null;
  versions: Readonly<Record<string, string>> = {};
  private readonly request: RunRequest;
  private readonly environment: RunEnvironment;
  private readonly its: Work;
  private readonly pools: readonly Pool[];
  private stacks = 0;

  constructor(request: RunRequest, environment: RunEnvironment, work: Work) {
    this.request = request;
    this.environment = environment;
    this.its = work;
    this.pools = [1, 3].map((brokers) => poolOf(brokers, request.scenarios));
  }

  async work(): Promise<void> {
    const count = workersFor(this.request);
    await Promise.all(
      Array.from({ length: count }, (_, index) =>
        // Every second worker begins at the other end, so that the long stacks start early.
        this.workThrough(index % 2 === 0 ? this.pools : this.pools.toReversed()),
      ),
    );
  }

  private async workThrough(pools: readonly Pool[]): Promise<void> {
    for (const pool of pools) {
      if (pool.stacks >= pool.stacksMax) continue;
      const first = this.next(pool);
      if (first === null) continue;
      pool.stacks += 1;
      try {
        await this.workOn(pool, first);
      } catch (error) {
        this.failure ??= { scenario: null, error: asHarnessError(error, this.environment.signal) };
      }
    }
  }

  /** Null when there is nothing left, or no sense in going on. */
  private next(pool: Pool): Scenario | null {
    const { aborted } = this.environment.signal;
    if (this.failure !== null || aborted || this.its.isEnough()) return null;
    return pool.waiting.shift() ?? null;
  }

  private isLast(): boolean {
    return this.pools.every(({ waiting }) => waiting.length === 0);
  }

  private async workOn(pool: Pool, first: Scenario): Promise<void> {
    const { request } = this;
    await using stack = await this.startStack(pool);
    this.versions = {
      ...stack.versions,
      ...startupTimes(stack, pool.brokers),
      ...this.versions,
    };
    try {
      await stack.database.migrateTemplate({
        migrationsFolder: resolve(request.configFolder, request.config.database.migrations),
        auditedTables: auditedTables(request),
      });
    } catch (error) {
      throw await blame(error, stack);
    }
    const failedBefore = this.failure;
    const suspect = await this.takeTurns(pool, { stack, first });
    // Not good enough for another run.
    if (suspect !== null || this.failure !== failedBefore) await stack.stop();
  }

  /** Runs what waits for such a stack, one after the other; what was left unhealed on it, or null. */
  private async takeTurns(
    pool: Pool,
    { stack, first }: { readonly stack: StartedStack; readonly first: Scenario },
  ): Promise<string | null> {
    let suspect: string | null = null;
    for (let scenario: Scenario | null = first; scenario !== null; scenario = this.next(pool)) {
      try {
        const left = await this.its.run({ stack, scenario, suspect, isLast: this.isLast() });
        suspect ??= left;
      } catch (caught) {
        const error = await blame(caught, stack);
        this.failure ??= {
          scenario: scenario.id,
          error: asHarnessError(error, this.environment.signal),
        };
      }
      if (this.environment.signal.aborted) {
        const interrupted = new HarnessError("interrupted", "Interrupted.");
        const error = asHarnessError(interrupted, this.environment.signal);
        this.failure ??= { scenario: null, error };
      }
    }
    return suspect;
  }

  private startStack({ brokers, roles }: Pool): Promise<StartedStack> {
    const { request, environment } = this;
    this.stacks += 1;
    const isFirst = this.stacks === 1;
    const runFolder = isFirst ? request.runFolder : join(request.runFolder, `stack-${this.stacks}`);
    mkdirSync(join(runFolder, "logs"), { recursive: true });
    return environment.stack.start({
      roles,
      brokers,
      runFolder,
      runId: isFirst ? request.runId : `${request.runId}-${this.stacks}`,
      progress: environment.progress,
      ...(environment.redactLogs ? { redact: environment.redactor.text } : {}),
    });
  }
}

function poolOf(brokers: number, scenarios: readonly Scenario[]): Pool {
  const waiting = scenarios.filter((scenario) => (scenario.brokers ?? 1) === brokers);
  return {
    brokers,
    waiting,
    roles: rolesOf(waiting),
    stacksMax: brokers === 1 ? Infinity : 1,
    stacks: 0,
  };
}

/** A person who fires faults by hand watches one scenario at a time. */
function workersFor({ workers, scenarios }: RunRequest): number {
  const isManual = scenarios.some(({ faults }) => faults.some(({ at }) => at.boundary === MANUAL));
  return isManual ? 1 : Math.min(workers, scenarios.length);
}

function auditedTables(request: RunRequest): readonly string[] {
  const { balance, outbox, work, deadLetters, dedup } = request.config.database;
  const rows = request.config.effects.flatMap((e) => (e.kind === "row" ? [e.table] : []));
  const others = [balance, outbox, work, deadLetters, dedup];
  return [...new Set([...rows, ...others.flatMap((each) => (each ? [each.table] : []))])];
}

function startupTimes(stack: StartedStack, brokers: number): Record<string, string> {
  const prefix = brokers === 1 ? "startup" : `startup-${brokers}`;
  return Object.fromEntries(
    Object.entries(stack.startupMs).map(([part, ms]) => [
      `${prefix}.${part}Ms`,
      String(Math.round(ms)),
    ]),
  );
}

/** What was thrown; when the run was told to stop, why it was. */
function asHarnessError(error: unknown, { reason }: AbortSignal): HarnessError {
  const isStopped = error instanceof HarnessError && error.code === "interrupted";
  if (isStopped && reason instanceof HarnessError) return reason;
  if (error instanceof HarnessError) return error;
  return new HarnessError("internal", messageOf(error), { cause: error });
}
