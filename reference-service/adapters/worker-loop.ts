/** A background worker: one step at a time, woken by work or by its poll interval. */
export interface WorkerLoop {
  /** There may be work: look now. */
  wake(): void;
  /** Resolves when the step in progress is done; no other begins. */
  stop(): Promise<void>;
}

/** `step` returns true when there may be more. A failed step is reported and tried again later. */
export function startWorkerLoop(options: {
  readonly step: () => Promise<boolean>;
  readonly pollIntervalMs: number;
  readonly onError: (error: unknown) => void;
}): WorkerLoop {
  const state = { isStopped: false, isWoken: false };
  let interrupt: (() => void) | null = null;
  const idle = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, options.pollIntervalMs);
      interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const wake = (): void => {
    state.isWoken = true;
    interrupt?.();
  };
  const run = async (): Promise<void> => {
    while (!state.isStopped) {
      state.isWoken = false;
      const hasMore = await options.step().catch((error: unknown) => {
        options.onError(error);
        return false;
      });
      if (!hasMore && !state.isWoken && !state.isStopped) await idle();
    }
  };
  const running = run();
  return {
    wake,
    stop: async () => {
      state.isStopped = true;
      wake();
      await running;
    },
  };
}
