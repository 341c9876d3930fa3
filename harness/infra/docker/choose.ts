import { imageState } from "./diagnose.ts";
import type { Images } from "./image-names.ts";
import { findEngine } from "./probe.ts";

export interface Choice {
  readonly stack: "docker" | "local";
  /** One line for people: which, and why. */
  readonly why: string;
}

/**
 * `--stack auto`: docker when an engine answers and has the images or can pull them, else local. Asks the
 * engine over its socket and loads no library: without an engine this costs milliseconds.
 */
export async function chooseStack(images: Images): Promise<Choice> {
  const engine = await findEngine();
  if (!("version" in engine)) return { stack: "local", why: `stack local: ${engine.reason}` };
  const states = await Promise.all(
    Object.values(images).map(async (image) => ({ image, state: await imageState(engine, image) })),
  );
  for (const { image, state } of states) {
    if (state.kind === "missing") {
      return { stack: "local", why: `stack local: image ${image} is ${state.reason}` };
    }
  }
  const toPull = states.filter(({ state }) => state.kind === "pullable").length;
  const presence =
    toPull === 0 ? "has all images" : `can pull ${toPull} of ${states.length} images`;
  return {
    stack: "docker",
    why: `stack docker: ${engine.product} ${engine.version} answers and ${presence}`,
  };
}
