import { HarnessError, messageOf } from "./errors.ts";

/** As `statfs` tells it. */
export interface Room {
  readonly bsize: number;
  readonly bavail: number;
  readonly blocks: number;
}

// SIGXFSZ ends a program that does not handle EFBIG itself (setrlimit(2), RLIMIT_FSIZE).
const FULL =
  /\b(ENOSPC|EDQUOT|EFBIG|SIGXFSZ)\b|no space left on device|disk quota exceeded|file too large/i;

const TOO_LARGE = /\b(EFBIG|SIGXFSZ)\b|file too large/i;

/** Whether an error, or what a program said before it ended, tells of a full disk (or quota). */
export function tellsOfFullDisk(error: unknown): boolean {
  const details = error instanceof HarnessError ? error.details : [];
  return [messageOf(error), ...details].some((line) => FULL.test(line));
}

/** What could not be written, which folder has how much room, and what to do. */
export function diskFull(
  {
    what,
    folder,
    room,
    fix,
  }: {
    readonly what: string;
    readonly folder: string;
    readonly room: Room;
    readonly fix: string;
  },
  cause: unknown,
): HarnessError {
  const [free, all] = [room.bavail, room.blocks].map((blocks) => sizeText(blocks * room.bsize));
  const details = cause instanceof HarnessError ? cause.details : [];
  const isLimit = TOO_LARGE.test([messageOf(cause), ...details].join("\n"));
  const limit = isLimit ? " It is a limit on the size of files (ulimit -f)." : "";
  return new HarnessError(
    "environment",
    `${what}: ${messageOf(cause).replace(/\.$/, "")}. ${folder} has ${free} free of ${all}. ${fix}${limit}`,
    { cause, details },
  );
}

function sizeText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
