import type { Version } from "../model/history.ts";

/** Which version each instance runs, or will run from its next start on. */
export class Versions {
  private readonly byInstance = new Map<string, Version>();

  of(instance: string): Version {
    return this.byInstance.get(instance) ?? "current";
  }

  set(instance: string, version: Version): void {
    this.byInstance.set(instance, version);
  }
}

const SEPARATOR = "+";

/** What the Postgres tap stamps as application_name: the instance, and its version when it is the next. */
export function stampOf(instance: string, version: Version): string {
  return version === "next" ? `${instance}${SEPARATOR}next` : instance;
}

/** The instance and version in a stamp; the instance is null when it is none of these. */
export function readStamp(
  stamp: string,
  instances: readonly string[],
): { readonly instance: string | null; readonly version: Version } {
  const [name = "", version] = stamp.split(SEPARATOR);
  return {
    instance: instances.includes(name) ? name : null,
    version: version === "next" ? "next" : "current",
  };
}
