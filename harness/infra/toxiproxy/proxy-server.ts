import { HarnessError } from "../../model/errors.ts";
import type { HostPort } from "../../ports/basics.ts";
import type { ProxyHandle, ProxyServer } from "../../ports/links.ts";
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

/** Toxiproxy's control API. The client has no timeouts and hides errors: every call is bounded. */
export async function openProxyServer(address: HostPort): Promise<ProxyServer> {
  const { Toxiproxy } = await import("toxiproxy-node-client");
  const client = new Toxiproxy(`http://${address.host}:${address.port}`);
  const version = await proxyVersion(address);
  const call = <T>(what: string, work: Promise<T>): Promise<T> =>
    withDeadline({ what: `Toxiproxy to ${what}`, timeoutMs: CALL_TIMEOUT_MS }, work);
  return {
    version,
    async createProxy(spec): Promise<ProxyHandle> {
      const proxy = await call(
        `create proxy ${spec.name}`,
        client.createProxy({
          name: spec.name,
          listen: `127.0.0.1:${spec.listenPort}`,
          upstream: `${spec.upstream.host}:${spec.upstream.port}`,
        }),
      );
      const port = Number(proxy.listen.slice(proxy.listen.lastIndexOf(":") + 1));
      return {
        name: spec.name,
        listen: { host: "127.0.0.1", port },
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
        async remove() {
          await call(`remove proxy ${spec.name}`, proxy.remove());
        },
      };
    },
  };
}
