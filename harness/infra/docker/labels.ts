import { hostname } from "node:os";
import { bootId, startTimeOf } from "../process/process-identity.ts";

/** On everything a run makes: whose it is, so that cleanup never touches anything else. */
export const RUN_LABEL = "gameday.run";
export const OWNER_LABEL = "gameday.owner";

/** This process, told from a later one with the same id, on this boot of this machine. */
export function ownerLabel(): string {
  return [hostname(), bootId(), process.pid, startTimeOf(process.pid) ?? ""].join("|");
}

/** What is known of the process in an owner label. Another machine's process is never called dead. */
export function ownerState(label: string): "alive" | "dead" | "unknown" {
  const [host = "", boot = "", pid = "", startTime = ""] = label.split("|");
  if (host !== hostname() || !/^\d+$/.test(pid)) return "unknown";
  if (boot !== bootId()) return "dead";
  return startTimeOf(Number(pid)) === startTime ? "alive" : "dead";
}
