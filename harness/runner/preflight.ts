import type { HostPort } from "../ports/basics.ts";
import type { InstanceLinks, OpenLinks } from "./instance-links.ts";
import type { ScenarioContext } from "./scenario-context.ts";

/**
 * Proves each link before traffic: the brokers advertise nothing but the link to its instance, and
 * (positive control) with the link disabled the same question gets no answer. Returns what is wrong.
 */
export async function preflight(context: ScenarioContext, links: OpenLinks): Promise<string[]> {
  const problems = await Promise.all(links.all.map((link) => checkLink(context, link)));
  await recordSettings(context);
  return problems.flat();
}

async function checkLink(context: ScenarioContext, link: InstanceLinks): Promise<string[]> {
  const { addresses, proxies } = link.kafka;
  const { broker } = context.stack;
  for (const { listen } of proxies) {
    const advertised = await broker.advertisedTo(listen);
    const foreign = advertised.filter((one) => !addresses.some((own) => isSame(one, own)));
    if (advertised.length === 0 || foreign.length > 0) {
      const names = foreign.map(({ host, port }) => `${host}:${port}`).join(", ");
      return [`Kafka sends ${link.instance} to ${names || "nobody"} instead of its link.`];
    }
  }
  await Promise.all(proxies.map((proxy) => proxy.setEnabled(false)));
  const answers = await Promise.all(
    proxies.map(({ listen }) =>
      broker.advertisedTo(listen).then(
        () => true,
        () => false,
      ),
    ),
  );
  await Promise.all(proxies.map((proxy) => proxy.setEnabled(true)));
  return answers.includes(true)
    ? [`With its link disabled ${link.instance} still reaches Kafka.`]
    : [];
}

function isSame(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.host === b.host;
}

async function recordSettings(context: ScenarioContext): Promise<void> {
  const settings = await context.database.settings();
  const detail = Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
  context.recorder.record({
    stream: "assumption",
    name: "database-settings",
    holds: settings["synchronous_commit"] !== "off",
    detail,
  });
  const declared = context.header.effects.flatMap((e) => (e.kind === "row" ? [e.table] : []));
  const unaudited = await context.database.unaudited(declared);
  context.recorder.record({
    stream: "assumption",
    name: "audit-complete",
    holds: unaudited.length === 0,
    detail:
      unaudited.length === 0
        ? `audit triggers on ${declared.join(", ")}`
        : `no audit trigger on ${unaudited.join(", ")}`,
  });
}

/** After the instances are ready: each must have come over its own links. */
export function bypassesAtReady(links: OpenLinks): string[] {
  return links.all.flatMap((link) =>
    unusedLinks(link).map((unused) => `${link.instance} is ready but never ${unused}.`),
  );
}

/** What an instance has never done so far, as it reads after "never". */
export function unusedLinks({ kafka, postgres }: InstanceLinks): readonly string[] {
  return [
    ...(kafka.tap.members().length === 0 ? ["joined its group over its Kafka link"] : []),
    ...(postgres.tap.connectionCount() === 0 ? ["used its Postgres link"] : []),
  ];
}
