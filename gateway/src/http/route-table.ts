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

  return {
    add(method, pattern) {
      const entry = entries.get(pattern) ?? {
        matches: new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`),
        methods: new Set(),
        fixed: !pattern.includes(":"),
      };
      for (const name of [method].flat()) entry.methods.add(name);
      entries.set(pattern, entry);
    },

    methodsOf(url) {
      const path = url.split(/[?#]/, 1)[0] ?? "";
      const matching = [...entries.values()].filter(({ matches }) => matches.test(path));
      const chosen = matching.find(({ fixed }) => fixed) ?? matching[0];
      return [...(chosen?.methods ?? [])].sort();
    },
  };
}
