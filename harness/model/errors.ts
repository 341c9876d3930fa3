/** `inconclusive`: stopped by a limit of ours (the global timeout) before anything was proven. */
export type ErrorCode = "environment" | "usage" | "internal" | "interrupted" | "inconclusive";

/**
 * The harness itself failed (never: a guarantee broke). `message` says what happened, then what to
 * do; `details` carries evidence lines such as the last log lines of a server.
 */
export class HarnessError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly string[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly details?: readonly string[]; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "HarnessError";
    this.code = code;
    this.details = options.details ?? [];
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
