import type { Fault } from "../ports/fault.ts";
import { endAt } from "./end-at.ts";

/** Closes every connection of a link and accepts none until the heal: "down", not "partitioned". */
export const cut: Fault<"cut"> = {
  name: "cut",
  unavailable: () => null,
  inject: ({ link, until }, field) => {
    const proxies = field.proxies(field.victim, link);
    const names = proxies.map(({ name }) => name).join(", ");
    return {
      carryOut: async () => {
        await Promise.all(proxies.map((proxy) => proxy.setEnabled(false)));
        return `${names}: nothing is accepted and all connections are closed`;
      },
      heal: () =>
        endAt(field, until, async () => {
          await Promise.all(proxies.map((proxy) => proxy.setEnabled(true)));
          return `${names}: open again`;
        }),
      verify: () => field.traffic(field.victim, link),
    };
  },
};
