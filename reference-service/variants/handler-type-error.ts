import type { Variant } from "./variant.ts";

export const handlerTypeError: Variant = {
  id: "handler-type-error",
  breaks: "recovers-within",
  mechanism:
    "A record without the field it expects makes the handler throw a TypeError. The consumer dies, the process lives on and answers its health path: nobody restarts it.",
  apply: (policies) => ({
    ...policies,
    endsWhenDead: false,
    onMalformed: () => {
      throw new TypeError("Cannot read properties of undefined (reading amount)");
    },
  }),
};
