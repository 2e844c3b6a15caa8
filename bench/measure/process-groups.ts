/** Which process a command line is: the first pattern that fits decides. */
const GROUPS: readonly (readonly [group: string, pattern: RegExp])[] = [
  ["postgres", /^postgres: |\/bin\/postgres /],
  ["worker", /services\/images\/src\/worker-main/],
  ["gateway", /gateway\/src\/main/],
  ["images", /services\/images\//],
  ["comments", /services\/comments\//],
  ["users", /services\/users\//],
  ["monolith", /stack\/src\/monolith\/|bench\/baseline\//],
  ["roof", /bench\/roofs\//],
];

/** What no pattern fits: the stack's supervisor, and what guards a process. */
export const OTHER_GROUP = "other";

/** Returns which part of a system a process is, by its command line with blanks. */
export function groupOf(commandLine: string): string {
  return GROUPS.find(([, pattern]) => pattern.test(commandLine))?.[0] ?? OTHER_GROUP;
}
