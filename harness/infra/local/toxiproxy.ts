import { existsSync } from "node:fs";
import { join } from "node:path";
import { minimalEnvironment } from "../process/child.ts";
import type { ToxiproxyPart } from "../servers/parts.ts";
import { untilReady } from "../servers/server-readiness.ts";
import { openProxyServer } from "../toxiproxy/proxy-server.ts";
import { cacheFolder, makeOnce } from "../process/cache.ts";
import { isListening } from "../process/is-listening.ts";
import type { ProvisionOptions } from "./kafka-jars.ts";
import type { PartContext } from "./part-context.ts";
import { findOnPath, GO, requireTool, runTool } from "./tools.ts";

const TOXIPROXY_VERSION = "2.12.0";
const MODULE = `github.com/Shopify/toxiproxy/v2/cmd/server@v${TOXIPROXY_VERSION}`;
const BUILD_TIMEOUT_MS = 600_000;
const READY_TIMEOUT_MS = 10_000;

function builtFolder(): string {
  return join(cacheFolder(), `toxiproxy-${TOXIPROXY_VERSION}`);
}

/** `toxiproxy-server` on PATH, else the cached build; null when it must be built. */
export function findToxiproxy(): string | null {
  const built = join(builtFolder(), "server");
  return findOnPath("toxiproxy-server") ?? (existsSync(built) ? built : null);
}

async function provisionToxiproxy({ progress, signal }: ProvisionOptions): Promise<string> {
  const found = findToxiproxy();
  if (found !== null) {
    return found;
  }
  const folder = await makeOnce(builtFolder(), async (draft) => {
    const program = requireTool(GO);
    progress(`Toxiproxy ${TOXIPROXY_VERSION}: building with Go (first time only)…`);
    const env = { GOBIN: draft };
    await runTool({ program, args: ["install", MODULE], timeoutMs: BUILD_TIMEOUT_MS, signal, env });
  });
  return join(folder, "server");
}

/** Starts Toxiproxy; ready when its API told its version. */
export async function startToxiproxy(context: PartContext, port: number): Promise<ToxiproxyPart> {
  const { session, progress } = context;
  const program = await provisionToxiproxy({ progress, signal: session.signal });
  const startedAtMs = performance.now();
  const child = await session.start({
    kind: "toxiproxy",
    command: [program, "-host", "127.0.0.1", "-port", String(port)],
    cwd: session.folder,
    env: minimalEnvironment(),
    logFile: join(context.logFolder, "toxiproxy.log"),
    stopSignal: "SIGKILL",
  });
  const api = { host: "127.0.0.1", port };
  const proxies = await untilReady(child, READY_TIMEOUT_MS, async () =>
    (await isListening(api)) ? openProxyServer(api) : null,
  );
  return { child, proxies, startupMs: performance.now() - startedAtMs };
}
