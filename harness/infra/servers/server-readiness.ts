import { HarnessError } from "../../model/errors.ts";
import type { Child } from "../process/child.ts";
import { pollUntil } from "../process/deadline.ts";
import { withoutFrames } from "../process/log-tail.ts";

const LOG_LINES = 20;
const LOG_LINES_READ = 200;

/**
 * Polls until the server answers `probe`. Throws HarnessError("environment") carrying its last log
 * lines when it exits first (a port in use, a bad setting) or does not answer in time.
 */
export async function untilReady<T>(
  server: Child,
  timeoutMs: number,
  probe: () => Promise<T | null>,
): Promise<T> {
  try {
    return await pollUntil({ what: `${server.kind} to answer`, timeoutMs, everyMs: 20 }, () => {
      const exit = server.exit();
      if (exit === null) {
        // Who else has its port may accept and never answer: its own end is not waited out for that.
        return Promise.race([probe(), server.exited.then(() => null)]);
      }
      throw new HarnessError(
        "environment",
        `${server.kind} ended at start (code ${exit.code}, signal ${exit.signal}). Its last log lines say why.`,
      );
    });
  } catch (error) {
    if (error instanceof HarnessError) {
      const lines = withoutFrames(server.lastLines(LOG_LINES_READ)).slice(-LOG_LINES);
      const details = [...error.details, ...lines];
      throw new HarnessError(error.code, error.message, { details, cause: error });
    }
    throw error;
  }
}
