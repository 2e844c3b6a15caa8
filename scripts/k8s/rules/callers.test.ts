import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { INetworkPolicySpec } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicySpec";
import { broken, renderLocal, renderProduction, without } from "#k8s/broken.fixture.ts";
import type { Rendering } from "#k8s/manifest.ts";
import { loadPrograms } from "#k8s/programs.ts";
import { callersOf, findCallerViolations, findWiringViolations } from "#k8s/rules/callers.ts";

let production: Rendering;
beforeAll(async () => {
  production = await renderProduction();
});

function withPolicy(name: string, change: (spec: INetworkPolicySpec) => void): string[] {
  const changed = broken<INetworkPolicy>(
    production,
    `NetworkPolicy/${name}`,
    ({ spec }) => spec && change(spec),
  );
  return findCallerViolations(changed);
}

describe("the network policies", () => {
  test("allow what the contract does, and nothing else", () => {
    expect(callersOf("images")).toEqual(expect.arrayContaining(["gateway", "users", "comments"]));
    expect(findCallerViolations(production)).toEqual([]);
  });

  test("are not looked at where there are none", async () => {
    expect(findCallerViolations(await renderLocal())).toEqual([]);
  });

  test("are found to allow everybody", () => {
    const violations = withPolicy("users", (spec) => {
      spec.ingress = [{ ports: [{ port: 8081 }] }];
    });
    // Nobody else may send to users, nor may a pod that only deny-all selects.
    expect(violations).toEqual([]);
    const both = findCallerViolations(
      broken<INetworkPolicy>(
        broken<INetworkPolicy>(
          production,
          "NetworkPolicy/users",
          ({ spec }) => spec && Object.assign(spec, { ingress: [{}] }),
        ),
        "NetworkPolicy/comments",
        ({ spec }) => spec && Object.assign(spec, { egress: [{}] }),
      ),
    );
    expect(both).toEqual([
      expect.stringContaining("nothing says that it may: comments calls users"),
    ]);
  });

  test("are found to refuse a caller of the contract, on either side", () => {
    const refused = expect.stringContaining("refuse, and it has to: users calls images");
    expect(withPolicy("users", (spec) => Object.assign(spec, { egress: [] }))).toContainEqual(
      refused,
    );
    const violations = withPolicy("images", (spec) => {
      spec.ingress?.[0]?.from?.splice(1, 1);
    });
    expect(violations).toEqual([refused]);
  });

  test("are found to let another service at a database", () => {
    const blocks = [{ ipBlock: { cidr: "0.0.0.0/0" } }];
    const changed = broken<INetworkPolicy>(
      broken<INetworkPolicy>(
        production,
        "NetworkPolicy/users-database",
        ({ spec }) => spec && Object.assign(spec, { ingress: [{ from: blocks }] }),
      ),
      "NetworkPolicy/comments",
      ({ spec }) => spec?.egress?.push({ to: blocks }),
    );
    expect(findCallerViolations(changed)).toEqual([
      expect.stringContaining("nothing says that it may: comments calls users-database"),
    ]);
  });

  test("are nothing without one that denies the rest", () => {
    expect(findCallerViolations(without(production, "NetworkPolicy/deny-all"))).toContain(
      "no NetworkPolicy denies what none allows",
    );
  });

  test("are refused where the check would not understand them", () => {
    const violations = withPolicy("users", (spec) => {
      spec.podSelector = { matchExpressions: [{ key: "a", operator: "Exists" }] };
    });
    expect(violations).toContainEqual(expect.stringContaining("write matchLabels"));
  });
});

describe("the addresses that programs are told", () => {
  test("are of those whom the contract lets them call", async () => {
    const programs = await loadPrograms();
    expect(findWiringViolations(programs)).toEqual([]);
    const worker = programs.get("images-worker");
    const gateway = programs.get("gateway");
    if (worker === undefined || gateway === undefined) throw new Error("there are both");
    const swapped = new Map([
      ["images-worker", { ...worker, settings: gateway.settings }],
      ["gateway", { ...gateway, settings: worker.settings }],
    ]);
    const violations = findWiringViolations(swapped);
    expect(violations).toHaveLength(6);
    expect(violations[0]).toContain(
      "USERS_ADDRESS, and the contract lets images-worker call nothing",
    );
    expect(violations[3]).toContain(
      "has no USERS_ADDRESS, and the contract lets gateway call users",
    );
  });
});
