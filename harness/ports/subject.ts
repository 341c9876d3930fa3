import type { SubjectContainer } from "../model/config.ts";

/** One process of the subject, in its own process group or container. */
export interface SubjectProcess {
  readonly instance: string;
  readonly incarnation: number;
  readonly pid: number;
  /** What a signal reaches, for evidence: "process group 123", "container 1a2b3c (pid 123)". */
  readonly what: string;
  /** Settles when the process is gone: waited for, not assumed. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Sends a signal to the whole process group or container. */
  signal(signal: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT"): void;
  /** Settles when every signal sent so far has been delivered. Never rejects: the exit tells. */
  delivered(): Promise<void>;
  /** True once every thread is stopped, asked until it is or a deadline passes. */
  isStopped(): Promise<boolean>;
  /** What being stopped is called here: "state T", "frozen by the engine". */
  readonly stoppedState: string;
  /**
   * Ends what the process has left behind in other sessions or groups, once it is gone; the pids. A
   * command that only wraps the real process leaves that one.
   */
  endSurvivors(): readonly number[];
  /** The last lines the process wrote to stdout and stderr. */
  lastLines(count: number): readonly string[];
}

export interface SubjectSpec {
  readonly instance: string;
  readonly incarnation: number;
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** What a stack of containers runs instead of the command. */
  readonly container?: SubjectContainer | undefined;
  /** Port the instance answers HTTP on; reached at 127.0.0.1 wherever it runs. */
  readonly httpPort: number;
  readonly env: Readonly<Record<string, string>>;
  /** Started so that its wall clock can be stepped. */
  readonly hasOwnClock?: boolean;
  /** File the process's stdout and stderr are appended to. */
  readonly logFile: string;
}

export interface SubjectRunner {
  /** Address the subject must listen on to be reached at 127.0.0.1. */
  readonly listenHost: string;
  /** Ports of 127.0.0.1 for HTTP that are free, and that no outgoing connection is ever given. */
  freePorts(count: number): Promise<readonly number[]>;
  spawn(spec: SubjectSpec): Promise<SubjectProcess>;
  /** True when the health URL answers 200. Never throws. */
  isHealthy(url: string): Promise<boolean>;
  /** The body of a 200 answer; null when there is none. Never throws. */
  read(url: string): Promise<string | null>;
  /** The Date header of any answer, in milliseconds since 1970; null when there is none. Never throws. */
  readDate(url: string): Promise<number | null>;
  /** Steps the wall clock of an instance that has its own. */
  stepClock(instance: string, stepMs: number): void;
}
