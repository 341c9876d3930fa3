import { createServer } from "node:net";
import { HarnessError } from "../../model/errors.ts";
import type { HostPort } from "../../ports/basics.ts";
import { call } from "./engine.ts";
import type { EngineRun } from "./container.ts";
import { infoOf, type EngineInfo } from "./engine-info.ts";
import { OWNER_LABEL, ownerLabel, RUN_LABEL } from "./labels.ts";

const GATEWAY_NAME = "host.docker.internal";
/** This machine's loopback as slirp4netns shows it to a rootless engine's containers, where it may. */
const ROOTLESS_GATEWAY = "10.0.2.2";
const FIREWALL_FIX =
  "Let the firewall accept traffic from the engine's bridges (ufw: sudo ufw allow in on docker0 and br-+)";
export const ROOTLESS_FIX =
  'Let containers reach this machine\'s loopback: for Docker DOCKERD_ROOTLESS_ROOTLESSKIT_DISABLE_HOST_LOOPBACK=false in the environment of its user service (systemctl --user edit docker), for Podman network_cmd_options = ["allow_host_loopback=true"] in containers.conf';

/** Name under which subjects and brokers know Toxiproxy. */
export const LINK_ALIAS = "links";

/**
 * Two networks: subjects and Toxiproxy in one, brokers and Postgres in the other, so that a subject
 * in a container has no way to a server but its links.
 */
export interface RunNetworks {
  readonly links: string;
  readonly servers: string;
  /** Address that the harness's taps and doubles listen on. */
  readonly tapHost: string;
  /** An address of the harness, as containers reach it. */
  readonly fromContainer: (address: HostPort) => HostPort;
  /** For containers that must reach the harness. */
  readonly extraHosts: readonly string[];
  /** What opens the way from containers to the harness, where it is closed. */
  readonly wayFix: string;
}

export async function createNetworks(run: EngineRun): Promise<RunNetworks> {
  const [links, servers] = await Promise.all([
    createNetwork(run, "links"),
    createNetwork(run, "servers"),
  ]);
  const gateway = await gatewayOf(run, links);
  // On Linux the bridge's gateway is an address of this machine, which no other machine can reach. An
  // engine in a virtual machine has it elsewhere, and forwards its gateway name to our loopback. Podman
  // makes the bridge with the first container: until then nobody can listen on it.
  // A rootless engine has its bridges in a namespace of its own, also where the address is one of ours.
  const info = await infoOf(run.engine.found);
  const isOurs = !info.isRootless && ((await canListenOn(gateway)) || info.isOnThisKernel);
  return {
    links,
    servers,
    tapHost: isOurs ? gateway : "127.0.0.1",
    fromContainer: ({ host, port }) => ({
      host: isOurs || host !== "127.0.0.1" ? host : GATEWAY_NAME,
      port,
    }),
    extraHosts: [`${GATEWAY_NAME}:${isOurs ? gateway : forwardedBy(info)}`],
    wayFix: info.isRootless ? ROOTLESS_FIX : FIREWALL_FIX,
  };
}

/** Who forwards to our loopback: the engine's virtual machine, or a rootless engine's network. */
function forwardedBy({ isRootless }: EngineInfo): string {
  return isRootless ? ROOTLESS_GATEWAY : "host-gateway";
}

async function createNetwork({ engine, runId }: EngineRun, part: string): Promise<string> {
  const name = `gameday-${runId}-${part}`;
  const labels = { [RUN_LABEL]: runId, [OWNER_LABEL]: ownerLabel() };
  await call(
    `create network ${name}`,
    engine.docker.createNetwork({ Name: name, Driver: "bridge", Labels: labels }),
  );
  return name;
}

/** Asked of the system itself: an interface without a peer yet is on no list of addresses. */
function canListenOn(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(0, host, () => server.close(() => resolve(true)));
  });
}

async function gatewayOf({ engine }: EngineRun, network: string): Promise<string> {
  const found = await call(
    `inspect network ${network}`,
    engine.docker.getNetwork(network).inspect(),
  );
  const { IPAM: ipam } = found as { IPAM?: { Config?: readonly { Gateway?: string }[] } };
  const gateway = ipam?.Config?.find(({ Gateway }) => Gateway !== undefined)?.Gateway;
  if (gateway === undefined) {
    throw new HarnessError(
      "environment",
      `Network ${network} has no gateway: containers cannot reach the harness. Use the engine's bridge driver.`,
    );
  }
  return gateway.replace(/\/\d+$/, "");
}
