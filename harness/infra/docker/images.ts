import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { HarnessError, messageOf } from "../../model/errors.ts";
import type { SubjectContainer } from "../../model/config.ts";
import type { Progress } from "../../ports/basics.ts";
import { withDeadline } from "../process/deadline.ts";
import { call, engineError, statusOf, type Engine } from "./engine.ts";
import { jsonLines } from "./json-lines.ts";

const PULL_TIMEOUT_MS = 600_000;
const BUILD_TIMEOUT_MS = 600_000;
const BUILD_OUTPUT_LINES = 20;
const SUBJECT_LABEL = "gameday.subject";

async function isPresent({ docker }: Engine, image: string): Promise<boolean> {
  try {
    await call(`look for image ${image}`, docker.getImage(image).inspect());
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

interface PullLine {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
}

/** Pulls an image that is not here, with progress. HarnessError("environment") when it cannot be. */
export async function ensureImage(
  engine: Engine,
  image: string,
  progress: Progress,
): Promise<void> {
  if (await isPresent(engine, image)) return;
  progress(`${image}: pulling (first time only)…`);
  try {
    const what = `image ${image} to be pulled`;
    await withDeadline({ what, timeoutMs: PULL_TIMEOUT_MS }, pull(engine, image, progress));
  } catch (cause) {
    throw engineError(`Image ${image} is not here and could not be pulled`, cause);
  }
  if (!(await isPresent(engine, image))) {
    throw new HarnessError(
      "environment",
      `Image ${image} was pulled and is not there. Pull it by hand: docker pull ${image}`,
    );
  }
}

async function pull(engine: Engine, image: string, progress: Progress): Promise<void> {
  const layers = new Map<string, string>();
  let done = 0;
  for await (const line of jsonLines<PullLine>(await engine.docker.pull(image))) {
    if (line.error !== undefined) throw new Error(line.error);
    if (line.id === undefined || line.status === undefined) continue;
    layers.set(line.id, line.status);
    const complete = [...layers.values()].filter((status) => /complete|exists/i.test(status));
    if (complete.length > done) {
      done = complete.length;
      progress(`${image}: ${done} of ${layers.size} layers`);
    }
  }
}

interface BuildLine {
  readonly stream?: string;
  readonly error?: string;
}

/** Builds or pulls what a subject runs in; its image name. Paths start at the config file's folder. */
export async function ensureSubjectImage(
  engine: Engine,
  container: SubjectContainer,
  means: { readonly configFolder: string; readonly progress: Progress },
): Promise<string> {
  if ("image" in container) {
    await ensureImage(engine, container.image, means.progress);
    return container.image;
  }
  const dockerfile = resolve(means.configFolder, container.dockerfile);
  const context = resolve(means.configFolder, container.context ?? ".");
  const name = relative(context, dockerfile).replaceAll(sep, "/");
  if (!existsSync(dockerfile) || name.startsWith("../")) {
    throw new HarnessError(
      "usage",
      `The subject's Dockerfile ${dockerfile} is not in its build context ${context}. Check subject.container in gameday.config.ts.`,
    );
  }
  const id = createHash("sha256").update(dockerfile).digest("hex").slice(0, 12);
  const tag = `gameday-subject:${id}`;
  const startedAtMs = performance.now();
  const work = build(engine, { context, name, tag, id }, means.progress);
  await withDeadline({ what: `the build of ${name}`, timeoutMs: BUILD_TIMEOUT_MS }, work).catch(
    (cause: unknown) => {
      throw engineError(`The subject's image could not be built from ${dockerfile}`, cause);
    },
  );
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  means.progress(`subject image ${tag} is built from ${name} (${seconds} s)`);
  return tag;
}

async function build(
  { docker }: Engine,
  image: { readonly context: string; readonly name: string; readonly tag: string; id: string },
  progress: Progress,
): Promise<void> {
  const src = await filesOf(image.context);
  const labels = { [SUBJECT_LABEL]: image.id };
  const options = { t: image.tag, dockerfile: image.name, labels, rm: true, forcerm: true };
  const output: string[] = [];
  let steps = 0;
  const stream = await docker.buildImage({ context: image.context, src: [...src] }, options);
  for await (const line of jsonLines<BuildLine>(stream)) {
    const text = line.stream?.trim() ?? "";
    if (text !== "") output.push(text);
    if (line.error !== undefined) {
      throw new HarnessError(
        "environment",
        `The subject's image could not be built: ${line.error}. The last lines of the build follow.`,
        { details: output.slice(-BUILD_OUTPUT_LINES) },
      );
    }
    if (text.startsWith("---> Using cache")) steps -= 1;
    if (/^Step \d+\/\d+/.test(text)) steps += 1;
    if (/^Step \d+\/\d+/.test(text) && steps > 1) progress(`subject image: ${text}`);
  }
  // The image that had the name before is of no use to anybody.
  const filters = { dangling: ["true"], label: [`${SUBJECT_LABEL}=${image.id}`] };
  await docker.pruneImages({ filters }).catch((error: unknown) => {
    progress(`an old subject image was not removed: ${messageOf(error)}`);
  });
}

/** Every file of a build context; the engine's client leaves out what .dockerignore names. */
async function filesOf(context: string): Promise<readonly string[]> {
  const entries = await readdir(context, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(context, join(entry.parentPath, entry.name)).replaceAll(sep, "/"));
}
