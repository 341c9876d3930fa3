import { HarnessError } from "../model/errors.ts";
import type { SubjectProcess } from "../ports/subject.ts";

const EXIT_DEADLINE_MS = 5_000;

/**
 * SIGKILL to the instance's whole process group, then waits until it is gone. Returns the evidence;
 * throws HarnessError when the process has not exited by the deadline, so the kill is unconfirmed.
 */
export async function kill(process: SubjectProcess): Promise<string> {
  process.signal("SIGKILL");
  const exit = await withDeadline(process.exited, EXIT_DEADLINE_MS, process);
  if (exit.signal !== "SIGKILL") {
    throw new HarnessError(
      "internal",
      `${process.instance} (pid ${process.pid}) exited with ${String(exit.code ?? exit.signal)} before SIGKILL reached it.`,
    );
  }
  return `process group ${process.pid} of ${process.instance} is gone (SIGKILL)`;
}

async function withDeadline<T>(
  awaited: Promise<T>,
  deadlineMs: number,
  process: SubjectProcess,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `${process.instance} (pid ${process.pid}) has not exited ${deadlineMs} ms after SIGKILL.`;
    timer = setTimeout(() => reject(new HarnessError("internal", message)), deadlineMs);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}
