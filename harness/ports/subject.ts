/** One process of the subject, in its own process group. */
export interface SubjectProcess {
  readonly instance: string;
  readonly incarnation: number;
  readonly pid: number;
  /** Settles when the process is gone: waited for, not assumed. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Sends a signal to the whole process group. */
  signal(signal: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT"): void;
  /** True once every thread is stopped (state T), asked until it is or a deadline passes. */
  isStopped(): Promise<boolean>;
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
  readonly env: Readonly<Record<string, string>>;
  /** File the process's stdout and stderr are appended to. */
  readonly logFile: string;
}

export interface SubjectRunner {
  spawn(spec: SubjectSpec): Promise<SubjectProcess>;
  /** True when the health URL answers 200. Never throws. */
  isHealthy(url: string): Promise<boolean>;
  /** The body of a 200 answer; null when there is none. Never throws. */
  read(url: string): Promise<string | null>;
}
