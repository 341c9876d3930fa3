import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../../ports/basics.ts";
import { minimalEnvironment, type Child } from "../process/child.ts";
import type { RunSession } from "../process/run-session.ts";
import { findOnPath, GO, provisionOnce, requireTool, runTool } from "./tools.ts";

export const TOXIPROXY_VERSION = "2.12.0";
const GO_PACKAGE = `github.com/Shopify/toxiproxy/v2/cmd/server@v${TOXIPROXY_VERSION}`;

/** Path of the server: toxiproxy-server on PATH, else built with Go once. */
export async function provisionToxiproxy(cache: string, progress: Progress): Promise<string> {
  const onPath = findOnPath("toxiproxy-server");
  if (onPath !== null) return onPath;
  const folder = await provisionOnce(
    join(cache, `toxiproxy-${TOXIPROXY_VERSION}`),
    async (draft) => {
      const go = requireTool(GO);
      progress(`Toxiproxy ${TOXIPROXY_VERSION}: building it with Go (first time only) …`);
      const bin = join(draft, "bin");
      mkdirSync(bin);
      await runTool([go, "install", GO_PACKAGE], {
        what: "Building Toxiproxy",
        timeoutMs: 900_000,
        env: { GOBIN: bin },
      });
      renameSync(join(bin, "server"), join(draft, "toxiproxy-server"));
    },
  );
  return join(folder, "toxiproxy-server");
}

export function startToxiproxy(options: {
  readonly program: string;
  readonly port: number;
  readonly session: RunSession;
  readonly runFolder: string;
}): Promise<Child> {
  return options.session.start({
    kind: "Toxiproxy",
    command: [options.program, "-host", "127.0.0.1", "-port", String(options.port)],
    cwd: options.session.folder,
    env: { ...minimalEnvironment(), LOG_LEVEL: "warn" },
    logFile: join(options.runFolder, "logs", "toxiproxy.log"),
    stopSignal: "SIGKILL",
  });
}
