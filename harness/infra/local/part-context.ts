import type { Progress } from "../../ports/basics.ts";
import type { RunSession } from "../process/run-session.ts";

/** What each server of the stack is started with. */
export interface PartContext {
  readonly session: RunSession;
  readonly logFolder: string;
  readonly progress: Progress;
}
