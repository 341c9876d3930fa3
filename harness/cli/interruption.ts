export interface Interruption extends Disposable {
  /** Aborts on the first Ctrl-C, SIGTERM, or when the wrapper goes away. */
  readonly signal: AbortSignal;
  /** Settles at the next Ctrl-C or SIGTERM, which then interrupts nothing, or after `limitMs`. */
  hold(limitMs: number): Promise<void>;
}

/** From now on; the second Ctrl-C ends the process at once. */
export function interruption(): Interruption {
  const controller = new AbortController();
  let release: (() => void) | null = null;
  const interrupt = (): void => {
    if (release !== null) return release();
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write("Interrupted: healing and cleaning up; once more stops at once.\n");
    controller.abort();
  };
  const abandon = (): void => (release ?? (() => controller.abort()))();
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  process.once("disconnect", abandon);
  return {
    signal: controller.signal,
    hold: (limitMs) =>
      new Promise((resolve) => {
        const limit = setTimeout(() => release?.(), limitMs);
        release = () => {
          clearTimeout(limit);
          release = null;
          resolve();
        };
      }),
    [Symbol.dispose]() {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
      process.off("disconnect", abandon);
    },
  };
}
