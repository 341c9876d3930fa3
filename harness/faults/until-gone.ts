import { HarnessError } from "../model/errors.ts";
import type { FaultField } from "../ports/fault.ts";
import type { SubjectProcess } from "../ports/subject.ts";

const DRAIN_DEADLINE_MS = 15_000;

/** SIGTERM, and the wait until the instance has drained and is gone. */
export async function drainInstance(field: FaultField, instance: string): Promise<void> {
  const process = field.expectExit(instance, "SIGTERM");
  process.signal("SIGTERM");
  await untilGone(process, { signal: "SIGTERM", deadlineMs: DRAIN_DEADLINE_MS });
}

/** Waits until a signalled process is gone. Rejects with HarnessError at the deadline. */
export async function untilGone(
  process: SubjectProcess,
  options: { readonly signal: "SIGKILL" | "SIGTERM"; readonly deadlineMs: number },
): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  const { signal, deadlineMs } = options;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `${process.instance} (pid ${process.pid}) has not exited ${deadlineMs} ms after ${signal}.`;
    timer = setTimeout(() => reject(new HarnessError("internal", message)), deadlineMs);
  });
  try {
    return await Promise.race([process.exited, late]);
  } finally {
    clearTimeout(timer);
  }
}
