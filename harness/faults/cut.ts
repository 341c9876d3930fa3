import type { Fault } from "../ports/fault.ts";

/** Closes every connection of a link and accepts none until the heal: "down", not "partitioned". */
export const cut: Fault<"cut"> = {
  name: "cut",
  unavailable: () => null,
  inject: async ({ link, until }, field) => {
    const proxy = field.proxy(field.victim, link);
    await proxy.setEnabled(false);
    return {
      evidence: `${proxy.name} accepts nothing and its connections are closed`,
      heal: async () => {
        const came = until === undefined ? "at once" : await field.until(until);
        await proxy.setEnabled(true);
        return `${came}; ${proxy.name} is open again`;
      },
      verify: () => field.traffic(field.victim, link),
    };
  },
};
