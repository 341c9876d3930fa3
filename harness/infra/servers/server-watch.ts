import { HarnessError } from "../../model/errors.ts";
import type { Child } from "../process/child.ts";
import { withoutFrames } from "../process/log-tail.ts";

const LOG_LINES = 5;
const LOG_LINES_READ = 200;

/**
 * Knows when a stack is lost: a server ended that nobody told to, or what carries all of them went
 * away. The first loss counts; none does once the stack itself is stopped.
 */
export class ServerWatch {
  readonly #lost = new AbortController();
  readonly #told = new WeakSet<Child>();
  #isOver = false;

  /** Aborts at the loss, with a HarnessError("environment") as its reason. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** From now on the end of this server is a loss, unless it was told to end. */
  watch(server: Child): void {
    void server.exited.then(({ code, signal }) => {
      if (this.#told.has(server)) return;
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      const lines = withoutFrames(server.lastLines(LOG_LINES_READ)).slice(-LOG_LINES);
      this.lose(
        new HarnessError(
          "environment",
          `${server.kind} (pid ${server.pid}) ended ${how}, and no fault of the scenario ended it. Run again; if it ends again, its log says why${signal === "SIGKILL" ? ", or the kernel's when memory ran out (dmesg)" : ""}.`,
          { details: lines },
        ),
      );
    });
  }

  /** A fault ends this server. */
  tell(server: Child): void {
    this.#told.add(server);
  }

  lose(error: HarnessError): void {
    if (!this.#isOver) this.#lost.abort(error);
  }

  /** The stack stops its servers itself. */
  end(): void {
    this.#isOver = true;
  }
}
