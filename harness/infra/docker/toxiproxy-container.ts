import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { HarnessError } from "../../model/errors.ts";
import type { HostPort } from "../../ports/basics.ts";
import type { ProxyServer } from "../../ports/links.ts";
import { pollUntil } from "../process/deadline.ts";
import { isListening } from "../process/is-listening.ts";
import type { ToxiproxyPart } from "../servers/parts.ts";
import { untilReady } from "../servers/server-readiness.ts";
import { openProxyServer, type ProxyReach } from "../toxiproxy/proxy-server.ts";
import { EngineContainer } from "./container.ts";
import { LINK_ALIAS } from "./network.ts";
import type { StackParts } from "./stack-parts.ts";

const API_PORT = 8474;
const READY_TIMEOUT_MS = 20_000;
const GATEWAY_TIMEOUT_MS = 5_000;

export interface ToxiproxyPorts {
  readonly api: number;
  /** Ports whose numbers are fixed beforehand: what brokers advertise. */
  readonly fixed: readonly number[];
  /** Ports for links that take any. */
  readonly free: readonly number[];
  /** Brokers have peers, whom Toxiproxy must reach. */
  readonly hasPeers: boolean;
}

/** Starts Toxiproxy in a container; ready when its API told its version and it reaches the harness. */
export async function startToxiproxyContainer(
  parts: StackParts,
  ports: ToxiproxyPorts,
): Promise<ToxiproxyPart> {
  const startedAtMs = performance.now();
  const { networks, run } = parts;
  const container = new EngineContainer(run, {
    kind: "toxiproxy",
    image: parts.images.toxiproxy,
    env: {},
    command: ["-host=0.0.0.0"],
    network: networks.links,
    aliases: [LINK_ALIAS],
    ports: [...ports.fixed, ...ports.free],
    mapped: { [API_PORT]: ports.api },
    extraHosts: networks.extraHosts,
    logFile: join(parts.logFolder, "toxiproxy.log"),
  });
  const child = await container.start();
  if (ports.hasPeers) await container.join(networks.servers, [LINK_ALIAS]);
  const api = { host: "127.0.0.1", port: ports.api };
  const proxies = await untilReady(child, READY_TIMEOUT_MS, async () =>
    (await isListening(api)) ? openProxyServer(api, reachOf(parts, ports)) : null,
  );
  await proveGateway(parts, proxies);
  return { child, proxies, startupMs: performance.now() - startedAtMs };
}

function reachOf(parts: StackParts, { free }: ToxiproxyPorts): ProxyReach {
  const idle = [...free];
  return {
    bind: "0.0.0.0",
    subjectHost: parts.linkHost,
    upstream: parts.networks.fromContainer,
    takePort: () => {
      const port = idle.shift();
      if (port !== undefined) return port;
      throw new HarnessError("internal", "Every published port of Toxiproxy is taken.");
    },
    givePort: (port) => idle.push(port),
  };
}

/** Proves the way that every frame will take, container to harness, before anything depends on it. */
async function proveGateway({ networks }: StackParts, proxies: ProxyServer): Promise<void> {
  const server = createServer((socket) => socket.end("gameday"));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, networks.tapHost, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const upstream = { host: networks.tapHost, port };
  const proxy = await proxies.createProxy({ name: "gateway", listenPort: 0, upstream });
  const what = "a container to reach the harness";
  try {
    await pollUntil({ what, timeoutMs: GATEWAY_TIMEOUT_MS, everyMs: 50 }, () =>
      greetingAt(proxy.listen),
    );
  } catch (cause) {
    const seen = networks.fromContainer(upstream);
    throw new HarnessError(
      "environment",
      `Containers cannot reach the harness at ${seen.host}:${seen.port}. ${networks.wayFix}, or use --stack local.`,
      { cause },
    );
  } finally {
    await proxy.remove();
    server.close();
  }
}

function greetingAt({ host, port }: HostPort): Promise<true | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const settle = (answer: true | null): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", () => settle(true));
    socket.once("end", () => settle(null));
    socket.once("timeout", () => settle(null));
    socket.once("error", () => settle(null));
  });
}
