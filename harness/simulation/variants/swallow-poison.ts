import type { ProtocolVariant } from "./variant.ts";

/** A record that cannot be parsed is skipped. */
export const swallowPoison: ProtocolVariant = {
  id: "swallow-poison",
  world: "poison",
  breaks: ["every-input-accounted"],
  change: { poison: ["offset"] },
};
