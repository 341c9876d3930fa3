import type { EventBody } from "../model/history.ts";

/** Monotonic milliseconds since the run began. */
export interface Clock {
  nowMs(): number;
}

/** Seeded randomness: the same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [min, max]. */
  integer(min: number, max: number): number;
}

/** Appends evidence to the history; stamps seq, time and scenario. Never throws, never blocks. */
export interface Recorder {
  record(event: EventBody): void;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** One progress line for people, on stderr. */
export type Progress = (line: string) => void;
