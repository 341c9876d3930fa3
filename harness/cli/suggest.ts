import leven from "leven";

/** " Did you mean "x"?" when a known name is near, else the list of known names. */
export function suggest(name: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, distance: leven(name, candidate) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (near !== undefined && near.distance <= Math.max(2, Math.floor(near.candidate.length / 3))) {
    return `Did you mean "${near.candidate}"?`;
  }
  return `Known: ${known.join(", ")}.`;
}
