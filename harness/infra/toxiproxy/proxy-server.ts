import { HarnessError, messageOf } from "../../model/errors.ts";
import type { HostPort } from "../../ports/basics.ts";
import type { Proxy } from "toxiproxy-node-client";
import type { ProxyHandle, ProxyServer, Toxic, ToxicDirection } from "../../ports/links.ts";
import { withDeadline } from "../process/deadline.ts";

const CALL_TIMEOUT_MS = 5_000;

/** Version the server reports; the proof that it is up. */
async function proxyVersion(address: HostPort): Promise<string> {
  const response = await fetch(`http://${address.host}:${address.port}/version`, {
    signal: AbortSignal.timeout(1_000),
  });
  const body = (await response.json()) as { version?: string };
  return body.version ?? "unknown";
}

type Call = <T>(what: string, work: Promise<T>) => Promise<T>;

/** Names the toxic after what it does, so that it can be read in evidence and found again. */
async function addToxic(
  call: Call,
  proxy: Proxy,
  wanted: { readonly toxic: Toxic; readonly direction: ToxicDirection },
): Promise<string> {
  const { toxic, direction } = wanted;
  const name = `${toxic.type}-${direction}`;
  const body = {
    name,
    type: toxic.type,
    stream: direction === "to-server" ? ("upstream" as const) : ("downstream" as const),
    toxicity: 1,
    attributes: attributesOf(toxic),
  };
  await call(`add toxic ${name}`, proxy.addToxic(body));
  // Rejects when it is not there: the state is read back after each change.
  await call(`show toxic ${name}`, proxy.getToxic(name));
  return name;
}

function attributesOf(toxic: Toxic): Readonly<Record<string, number>> {
  switch (toxic.type) {
    case "timeout":
      return { timeout: toxic.timeoutMs };
    case "latency":
      return { latency: toxic.latencyMs, jitter: 0 };
    case "bandwidth":
      return { rate: toxic.kilobytesPerSecond };
  }
}

/** How proxies are reached, and reach what is behind them: loopback, or the network of a container. */
export interface ProxyReach {
  /** Address that proxies listen on. */
  readonly bind: string;
  /** Host under which the subject reaches them. */
  readonly subjectHost: string;
  /** An address of the harness, as the proxies reach it. */
  readonly upstream: (address: HostPort) => HostPort;
  /** A port for a proxy that asked for any; 0 lets Toxiproxy choose. */
  readonly takePort: () => number;
  readonly givePort: (port: number) => void;
}

const LOOPBACK: ProxyReach = {
  bind: "127.0.0.1",
  subjectHost: "127.0.0.1",
  upstream: (address) => address,
  takePort: () => 0,
  givePort: () => undefined,
};

/** The client keeps the server's own words to itself: a port that is taken is the usual reason. */
function notCreated(name: string, port: number, cause: unknown): HarnessError {
  if (cause instanceof HarnessError) return cause;
  return new HarnessError(
    "environment",
    `Toxiproxy could not open link ${name} on port ${port}: ${messageOf(cause)}. If another program took the port meanwhile, run again; toxiproxy.log says.`,
    { cause },
  );
}

/** Toxiproxy's control API. The client has no timeouts and hides errors: every call is bounded. */
export async function openProxyServer(
  address: HostPort,
  reach: ProxyReach = LOOPBACK,
): Promise<ProxyServer> {
  const { Toxiproxy } = await import("toxiproxy-node-client");
  const client = new Toxiproxy(`http://${address.host}:${address.port}`);
  const version = await proxyVersion(address);
  const call = <T>(what: string, work: Promise<T>): Promise<T> =>
    withDeadline({ what: `Toxiproxy to ${what}`, timeoutMs: CALL_TIMEOUT_MS }, work);
  return {
    version,
    async createProxy(spec): Promise<ProxyHandle> {
      const upstream = reach.upstream(spec.upstream);
      const listenPort = spec.listenPort === 0 ? reach.takePort() : spec.listenPort;
      const proxy = await call(
        `create proxy ${spec.name}`,
        client.createProxy({
          name: spec.name,
          listen: `${reach.bind}:${listenPort}`,
          upstream: `${upstream.host}:${upstream.port}`,
        }),
      ).catch((cause: unknown) => {
        throw notCreated(spec.name, listenPort, cause);
      });
      const port = Number(proxy.listen.slice(proxy.listen.lastIndexOf(":") + 1));
      return {
        name: spec.name,
        listen: { host: "127.0.0.1", port },
        address: { host: reach.subjectHost, port },
        async setEnabled(enabled) {
          const body = { enabled, listen: proxy.listen, upstream: proxy.upstream };
          await call(`switch proxy ${spec.name}`, proxy.update(body));
          const seen = await call(`show proxy ${spec.name}`, client.get(spec.name));
          if (seen.enabled !== enabled) {
            throw new HarnessError(
              "environment",
              `Toxiproxy says proxy ${spec.name} is ${seen.enabled ? "enabled" : "disabled"} after it was asked for the opposite.`,
            );
          }
        },
        addToxic: (toxic, direction) => addToxic(call, proxy, { toxic, direction }),
        async removeToxic(name) {
          const toxic = await call(`find toxic ${name}`, proxy.getToxic(name));
          await call(`remove toxic ${name}`, toxic.remove());
        },
        async remove() {
          await call(`remove proxy ${spec.name}`, proxy.remove());
          if (spec.listenPort === 0) reach.givePort(port);
        },
      };
    },
  };
}
