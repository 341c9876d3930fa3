import type { RoleListener } from "../../ports/stack.ts";

export interface KafkaPorts {
  readonly observer: number;
  readonly controller: number;
}

/** Listener name of a role: `consumer-1` gives `CONSUMER_1`. */
export function listenerName(role: string): string {
  return role.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}

/** One combined broker and controller whose waits are removed; see docs for each setting. */
const FIXED_SETTINGS = [
  "process.roles=broker,controller",
  "node.id=1",
  "inter.broker.listener.name=OBSERVER",
  "controller.listener.names=CONTROLLER",
  // A killed broker may register again only when its old session has run out (default 9 s).
  "broker.session.timeout.ms=2000",
  "broker.heartbeat.interval.ms=300",
  "auto.create.topics.enable=false",
  "offsets.topic.num.partitions=1",
  "offsets.topic.replication.factor=1",
  "transaction.state.log.num.partitions=1",
  "transaction.state.log.replication.factor=1",
  "transaction.state.log.min.isr=1",
  "share.coordinator.state.topic.num.partitions=1",
  "share.coordinator.state.topic.replication.factor=1",
  "share.coordinator.state.topic.min.isr=1",
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
  readonly dataFolder: string;
}): string {
  const { listeners, ports, dataFolder } = options;
  const observer = `OBSERVER://127.0.0.1:${ports.observer}`;
  const roles = listeners.map(({ role, upstream, linkPort }) => {
    const name = listenerName(role);
    return {
      name,
      bound: `${name}://${upstream.host}:${upstream.port}`,
      advertised: `${name}://127.0.0.1:${linkPort}`,
    };
  });
  const bound = [
    observer,
    ...roles.map((role) => role.bound),
    `CONTROLLER://127.0.0.1:${ports.controller}`,
  ];
  const names = ["OBSERVER", "CONTROLLER", ...roles.map(({ name }) => name)];
  return [
    ...FIXED_SETTINGS,
    `controller.quorum.voters=1@127.0.0.1:${ports.controller}`,
    `listeners=${bound.join(",")}`,
    `advertised.listeners=${[observer, ...roles.map((role) => role.advertised)].join(",")}`,
    `listener.security.protocol.map=${names.map((name) => `${name}:PLAINTEXT`).join(",")}`,
    `log.dirs=${dataFolder}`,
    "",
  ].join("\n");
}

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
