import type { RoleListener } from "../../ports/stack.ts";

/** Ports of one broker. */
export interface KafkaPorts {
  /** Node id, from 1. */
  readonly node: number;
  readonly observer: number;
  readonly controller: number;
  /** Where peers connect to, and the proxy in front of it that is advertised; only with peers. */
  readonly peers?: { readonly bound: number; readonly link: number };
}

/** Where a broker listens, and the hosts under which it is known to whom. */
export interface KafkaHosts {
  /** Every listener is bound here; empty is every interface (of a container). */
  readonly bound: string;
  /** Host of the links that role listeners advertise. */
  readonly roles: string;
  /** Host of the proxies between brokers. */
  readonly peers: string;
  /** Host of a node as the other controllers reach it. */
  readonly node: (node: number) => string;
}

/** Everything listens on, and is reached at, loopback. */
export const LOOPBACK_HOSTS: KafkaHosts = {
  bound: "127.0.0.1",
  roles: "127.0.0.1",
  peers: "127.0.0.1",
  node: () => "127.0.0.1",
};

/** Listener name of a role: `consumer-1` gives `CONSUMER_1`. */
export function listenerName(role: string): string {
  return role.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

/** Combined brokers and controllers whose waits are removed; see docs for each setting. */
const FIXED_SETTINGS = [
  "process.roles=broker,controller",
  "controller.listener.names=CONTROLLER",
  // A killed broker may register again only when its old session has run out (default 9 s).
  "broker.session.timeout.ms=2000",
  "broker.heartbeat.interval.ms=300",
  "auto.create.topics.enable=false",
  "offsets.topic.num.partitions=1",
  "transaction.state.log.num.partitions=1",
  "share.coordinator.state.topic.num.partitions=1",
  "group.initial.rebalance.delay.ms=0",
  "group.min.session.timeout.ms=100",
  "group.coordinator.append.linger.ms=0",
  "connections.max.idle.ms=3600000",
  "log.retention.ms=-1",
] as const;

/**
 * server.properties of one run. Each role has a listener of its own that is bound to `upstream`
 * and advertises `linkPort`: clients that bootstrap on it are sent back through the role's link.
 */
export function renderServerProperties(options: {
  readonly listeners: readonly RoleListener[];
  readonly ports: KafkaPorts;
  /** Every broker of the cluster, this one included. */
  readonly cluster: readonly KafkaPorts[];
  readonly dataFolder: string;
  readonly hosts: KafkaHosts;
}): string {
  const { listeners, ports, cluster, dataFolder, hosts } = options;
  const own = listeners.filter(({ broker }) => broker === ports.node);
  const { peers } = ports;
  const roles = own.map(({ role, upstream, linkPort }) => {
    const name = listenerName(role);
    return {
      name,
      bound: `${name}://${hosts.bound}:${upstream.port}`,
      advertised: `${name}://${hosts.roles}:${linkPort}`,
    };
  });
  if (peers !== undefined) {
    roles.push({
      name: "PEERS",
      bound: `PEERS://${hosts.bound}:${peers.bound}`,
      advertised: `PEERS://${hosts.peers}:${peers.link}`,
    });
  }
  const bound = [
    `OBSERVER://${hosts.bound}:${ports.observer}`,
    ...roles.map((role) => role.bound),
    `CONTROLLER://${hosts.bound}:${ports.controller}`,
  ];
  const names = ["OBSERVER", "CONTROLLER", ...roles.map(({ name }) => name)];
  const voters = cluster.map(({ node, controller }) => `${node}@${hosts.node(node)}:${controller}`);
  // The observer is the harness, which is on this machine wherever the broker is.
  const observer = `OBSERVER://127.0.0.1:${ports.observer}`;
  return [
    ...FIXED_SETTINGS,
    ...replication(cluster.length),
    `node.id=${ports.node}`,
    `inter.broker.listener.name=${peers === undefined ? "OBSERVER" : "PEERS"}`,
    `controller.quorum.voters=${voters.join(",")}`,
    `listeners=${bound.join(",")}`,
    `advertised.listeners=${[observer, ...roles.map((role) => role.advertised)].join(",")}`,
    `listener.security.protocol.map=${names.map((name) => `${name}:PLAINTEXT`).join(",")}`,
    `log.dirs=${dataFolder}`,
    "",
  ].join("\n");
}

/** Replication of internal topics, and for several brokers the timeouts that make failover quick. */
function replication(brokers: number): readonly string[] {
  const factor = brokers >= 3 ? 3 : 1;
  const inSync = brokers >= 3 ? 2 : 1;
  return [
    `offsets.topic.replication.factor=${factor}`,
    `transaction.state.log.replication.factor=${factor}`,
    `transaction.state.log.min.isr=${inSync}`,
    `share.coordinator.state.topic.replication.factor=${factor}`,
    `share.coordinator.state.topic.min.isr=${inSync}`,
    ...(brokers >= 3 ? QUICK_FAILOVER : []),
  ];
}

/** Defaults: 30 s of lag, 1 s and 2 s for the quorum, a rebalance of leaders every 5 minutes. */
const QUICK_FAILOVER = [
  "replica.lag.time.max.ms=1500",
  "replica.fetch.wait.max.ms=250",
  "replica.socket.timeout.ms=2000",
  "controller.quorum.election.timeout.ms=700",
  "controller.quorum.fetch.timeout.ms=1500",
  "controller.quorum.election.backoff.max.ms=300",
  "auto.leader.rebalance.enable=false",
] as const;

/** Logs warnings and the server's own milestones to stdout, which is the run's log file. */
export const LOG4J2_PROPERTIES = [
  "status=error",
  "appender.out.type=Console",
  "appender.out.name=out",
  "appender.out.layout.type=PatternLayout",
  "appender.out.layout.pattern=%d{ISO8601} %p %c{1} - %m%n",
  "rootLogger.level=warn",
  "rootLogger.appenderRef.out.ref=out",
  "logger.server.name=kafka.server",
  "logger.server.level=info",
  "",
].join("\n");
