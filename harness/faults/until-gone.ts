import { HarnessError } from "../model/errors.ts";
import type { SubjectProcess } from "../ports/subject.ts";

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
