import { HarnessError } from "../model/errors.ts";
import type { FaultField } from "../ports/fault.ts";
import type { Until } from "../model/scenario.ts";

/**
 * The heal of a fault that lasts: waits for its end, then undoes it whether or not that came. Rejects
 * after the undoing when the end was waited for in vain: what came of it proves less than promised.
 */
export async function endAt(
  field: FaultField,
  until: Until | undefined,
  undo: () => Promise<string>,
): Promise<string> {
  const [came] = await Promise.allSettled([
    until === undefined ? Promise.resolve("at once") : field.seen(until),
  ]);
  const undone = await undo();
  if (came.status === "fulfilled") return `${came.value}; ${undone}`;
  const { reason } = came as { readonly reason: unknown };
  const isInterrupted = reason instanceof HarnessError && reason.code === "interrupted";
  if (!isInterrupted) throw reason;
  return `${reason.message} ${undone}`;
}
