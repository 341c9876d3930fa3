import type { FaultField, Injected } from "../ports/fault.ts";
import type { Toxic, ToxicDirection } from "../ports/links.ts";
import type { LinkKind, Until } from "../model/scenario.ts";

/** Puts a toxic on the victim's link in each direction; heals by taking them off again. */
export async function withToxic(
  field: FaultField,
  options: {
    readonly link: LinkKind;
    readonly toxic: Toxic;
    readonly directions: readonly ToxicDirection[];
    readonly until: Until;
    /** Whether the victim must be made to leave its group, since it can no longer be heard. */
    readonly isMute: boolean;
  },
): Promise<Injected> {
  const { link, toxic, directions, until, isMute } = options;
  const proxies = field.proxies(field.victim, link);
  const names: string[] = [];
  for (const proxy of proxies) {
    for (const direction of directions) names.push(await proxy.addToxic(toxic, direction));
  }
  const [wheres, whats] = [proxies.map(({ name }) => name), [...new Set(names)]];
  return {
    evidence: `${wheres.join(", ")}: ${whats.join(" and ")}`,
    heal: async () => {
      if (isMute && link === "kafka") await field.evict(field.victim);
      const came = await field.until(until);
      for (const proxy of proxies) {
        for (const name of whats) await proxy.removeToxic(name);
      }
      return `${came}; ${wheres.join(", ")}: clean again`;
    },
    verify: () => field.traffic(field.victim, link),
  };
}
