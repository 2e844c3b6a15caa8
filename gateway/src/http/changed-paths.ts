/** Lists the members of a PATCH body as paths of a field mask: `displayName` is `display_name`. */
export function changedPaths(body: object): string[] {
  return Object.keys(body).map((name) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
}
