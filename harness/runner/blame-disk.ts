import { statfsSync } from "node:fs";
import { diskFull, tellsOfFullDisk } from "../model/disk-full.ts";
import { HarnessError, messageOf } from "../model/errors.ts";
import type { StartedStack } from "../ports/stack.ts";

const SERVERS = ["postgres", "kafka", "kafka-2", "kafka-3"];
const FIX = "Free some space, or name a folder that has room in TMPDIR.";

/**
 * The error, or the full disk behind it: a server whose disk is full ends or stops answering, and its log
 * is where it says why.
 */
export async function blameDisk(error: unknown, stack: StartedStack): Promise<unknown> {
  for (const server of SERVERS) {
    const lines = await stack.logTail(server);
    const line = lines.find((each) => tellsOfFullDisk(new Error(each)));
    if (line === undefined) continue;
    const what = `The disk under ${server} is full ("${line.trim()}"), and so`;
    const { dataFolder: folder } = stack;
    if (folder !== null)
      return diskFull({ what, folder, room: statfsSync(folder), fix: FIX }, error);
    const message = `${what}: ${messageOf(error)}. Free disk space: docker system prune.`;
    return new HarnessError("environment", message, { cause: error });
  }
  return error;
}
