import { getOption } from "@bufbuild/protobuf";
import { method_policy } from "@triptych/protos/policy/v1/policy_pb";
import { SERVICES } from "#contract/contract-services.ts";
import { databaseOf } from "#k8s/database-of.ts";
import { containersOf, nameOf, ofKind, type Rendering, workloadsOf } from "#k8s/manifest.ts";
import { deniesAll, mayConnect } from "#k8s/network-policies.ts";
import { type Pods, podsIn } from "#k8s/pods.ts";
import type { Programs } from "#k8s/programs.ts";

const GRPC_PORT = "grpc";
const POSTGRES_PORT = "postgres";
/** A foreign pod in the namespace. */
const STRANGER: Pods = { name: "a stranger", labels: { "app.kubernetes.io/name": "?" }, ports: [] };

/**
 * Finds calls that the network policies allow and the contract does not, or the other way round;
 * and databases that are reachable by others than the service that owns them. Without any policy
 * there is nothing to find.
 */
export function findCallerViolations(rendering: Rendering): string[] {
  const policies = ofKind(rendering, "NetworkPolicy");
  if (policies.length === 0) return [];
  const pods = podsIn(rendering);
  const owners = databaseOwners(rendering);
  const violations = policies
    .filter((policy) => JSON.stringify(policy).includes('"matchExpressions"'))
    .map((policy) => `${nameOf(policy)}: the check reads no matchExpressions: write matchLabels`);
  if (!deniesAll(rendering)) violations.push("no NetworkPolicy denies what none allows");
  for (const callee of pods) {
    for (const port of callee.ports.filter(({ name }) => isGuarded(name))) {
      for (const caller of [...pods, STRANGER].filter((other) => other !== callee)) {
        const expected =
          port.name === GRPC_PORT
            ? callersOf(callee.name).includes(caller.name)
            : (owners.get(callee.name)?.includes(caller.name) ?? false);
        if (mayConnect(rendering, caller, callee, port) === expected) continue;
        const said = expected ? "refuse, and it has to" : "allow, and nothing says that it may";
        violations.push(`the NetworkPolicies ${said}: ${caller.name} calls ${callee.name}`);
      }
    }
  }
  return violations;
}

/**
 * Finds programs that have the address of a service although the contract lets them call none of
 * its methods, and the other way round.
 */
export function findWiringViolations(programs: Programs): string[] {
  return [...programs].flatMap(([caller, { config, settings }]) =>
    SERVICES.map(({ typeName }) => typeName.split(".")[0] ?? "").flatMap((callee) => {
      const variable = `${callee.toUpperCase()}_ADDRESS`;
      const dials = settings.some((setting) => setting.variable === variable);
      if (dials === callersOf(callee).includes(caller)) return [];
      return dials
        ? [`${config}: has ${variable}, and the contract lets ${caller} call nothing there`]
        : [`${config}: has no ${variable}, and the contract lets ${caller} call ${callee}`];
    }),
  );
}

function isGuarded(port: string | undefined): boolean {
  return port === GRPC_PORT || port === POSTGRES_PORT;
}

/**
 * The callers of any method of a service: `users.v1.UserService` belongs to `users`.
 */
export function callersOf(callee: string): readonly string[] {
  const methods = SERVICES.filter(({ typeName }) => typeName.startsWith(`${callee}.`)).flatMap(
    (service) => service.methods,
  );
  return [...new Set(methods.flatMap((method) => getOption(method, method_policy).callers))];
}

/** The workloads that have the url of a database, by the name of the database. */
function databaseOwners(rendering: Rendering): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>();
  for (const workload of workloadsOf(rendering)) {
    for (const container of containersOf(workload)) {
      const name = databaseOf(rendering, container);
      if (name === undefined) continue;
      owners.set(name, [...(owners.get(name) ?? []), workload.metadata.name]);
    }
  }
  return owners;
}
