import type { FaultField, Injection } from "../ports/fault.ts";
import type { ProxyHandle, Toxic, ToxicDirection } from "../ports/links.ts";
import type { LinkKind, Until } from "../model/scenario.ts";
import { endAt } from "./end-at.ts";

/** Puts a toxic on the victim's link in each direction; heals by taking them off again. */
export function withToxic(
  field: FaultField,
  options: {
    readonly link: LinkKind;
    readonly toxic: Toxic;
    readonly directions: readonly ToxicDirection[];
    readonly until: Until;
    /** Whether the victim must be made to leave its group, since it can no longer be heard. */
    readonly isMute: boolean;
  },
): Injection {
  const { link, toxic, directions, until, isMute } = options;
  const proxies = field.proxies(field.victim, link);
  const added: { readonly proxy: ProxyHandle; readonly name: string }[] = [];
  const wheres = proxies.map(({ name }) => name).join(", ");
  return {
    carryOut: async () => {
      for (const proxy of proxies) {
        for (const direction of directions) {
          added.push({ proxy, name: await proxy.addToxic(toxic, direction) });
        }
      }
      return `${wheres}: ${[...new Set(added.map(({ name }) => name))].join(" and ")}`;
    },
    heal: async () => {
      if (isMute && link === "kafka") await field.evict(field.victim);
      return endAt(field, until, async () => {
        for (const { proxy, name } of added) await proxy.removeToxic(name);
        return `${wheres}: clean again`;
      });
    },
    verify: () => field.traffic(field.victim, link),
  };
}
