/** The methods of each path of the API, for 405 and `Allow`. */
export interface RouteTable {
  add(method: string | readonly string[], pattern: string): void;
  /** The methods of a path, sorted; empty if there is no such path. */
  methodsOf(url: string): readonly string[];
}

interface Entry {
  readonly matches: RegExp;
  readonly methods: Set<string>;
  /** A path without parameters wins: `/v1/users/me` over `/v1/users/:id`. */
  readonly fixed: boolean;
}

/** Creates an empty table. */
export function createRouteTable(): RouteTable {
  const entries = new Map<string, Entry>();
  /** By the number of segments, since there are requests for many paths that do not exist. */
  const byLength = new Map<number, Entry[]>();

  return {
    add(method, pattern) {
      let entry = entries.get(pattern);
      if (entry === undefined) {
        entry = entryOf(pattern);
        entries.set(pattern, entry);
        const length = segmentsOf(pattern);
        byLength.set(length, [...(byLength.get(length) ?? []), entry]);
      }
      for (const name of [method].flat()) entry.methods.add(name);
    },

    methodsOf(url) {
      const path = url.split(/[?#]/, 1)[0] ?? "";
      const possible = byLength.get(segmentsOf(path)) ?? [];
      const matching = possible.filter(({ matches }) => matches.test(path));
      const chosen = matching.find(({ fixed }) => fixed) ?? matching[0];
      return [...(chosen?.methods ?? [])].sort();
    },
  };
}

function entryOf(pattern: string): Entry {
  return {
    matches: new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`),
    methods: new Set(),
    fixed: !pattern.includes(":"),
  };
}

function segmentsOf(path: string): number {
  return path.split("/").length;
}
