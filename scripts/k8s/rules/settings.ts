import type { IContainer } from "kubernetes-models/v1/Container";
import { environmentOf, plainValues, quotedIn, type Variable } from "#k8s/environment.ts";
import { containersOf, nameOf, ofKind, type Rendering, workloadsOf } from "#k8s/manifest.ts";
import { type Program, type Programs, programOf } from "#k8s/programs.ts";
import { makeAccessTokenKeys } from "#k8s/secrets.ts";

/** Read by Node and libuv before any program. */
const OF_NODE = ["NODE_OPTIONS", "UV_THREADPOOL_SIZE"];
const [SAMPLE_PRIVATE_KEY, SAMPLE_PUBLIC_KEYS] = makeAccessTokenKeys();
const SAMPLE_URL = "postgresql://owner:password@database/name";
/** Values of the kind that stands in a Secret or in a map of the cluster's own. */
const SAMPLES: Readonly<Record<string, string | undefined>> = {
  DATABASE_URL: SAMPLE_URL,
  DATABASE_REPLICA_URL: SAMPLE_URL,
  ACCESS_TOKEN_PRIVATE_KEY: SAMPLE_PRIVATE_KEY?.stringData?.jwk,
  ACCESS_TOKEN_PUBLIC_KEYS: SAMPLE_PUBLIC_KEYS?.data?.jwks,
};
const LOOPBACK = /^(127\.|localhost$|::1$)/;

/**
 * Finds settings that the programs do not have, would refuse, or miss; and secrets that stand in a
 * manifest.
 */
export function findSettingViolations(rendering: Rendering, programs: Programs): string[] {
  const secrets = ofKind(rendering, "Secret").map(
    (secret) =>
      `${nameOf(secret)}: stands in the manifests: refer to it, and make it in the cluster`,
  );
  const ofContainers = workloadsOf(rendering).flatMap((workload) =>
    containersOf(workload).flatMap((container) =>
      containerViolations(rendering, container, programs).map(
        (violation) => `${nameOf(workload)}, container ${container.name}: ${violation}`,
      ),
    ),
  );
  return [...secrets, ...ofContainers];
}

function containerViolations(
  rendering: Rendering,
  container: IContainer,
  programs: Programs,
): string[] {
  const name = programOf(container);
  if (name === undefined) return [];
  const program = programs.get(name);
  if (program === undefined) return [`runs ${name}, and there is no such program`];
  const variables = environmentOf(rendering, container);
  return [
    ...unknownNames(program, variables),
    ...openSecrets(program, variables),
    ...lateQuotations(variables),
    ...refusals(program, variables),
    ...loopbackHosts(program, variables),
    ...scratchViolations(container, variables),
  ];
}

function unknownNames({ settings, config }: Program, variables: ReadonlyMap<string, Variable>) {
  const known = [...settings.map(({ variable }) => variable), ...OF_NODE];
  // A password that another variable's text quotes is no setting, and has to be a variable all the
  // same.
  const quoted = [...variables.values()].flatMap((variable) =>
    variable.from === "text" ? quotedIn(variable.value) : [],
  );
  return [...variables.keys()]
    .filter((name) => !known.includes(name) && !quoted.includes(name))
    .map((name) => `${config} has no setting ${name}`);
}

/** The cluster puts a variable into a text only if it stands before it. */
function lateQuotations(variables: ReadonlyMap<string, Variable>) {
  const names = [...variables.keys()];
  return [...variables].flatMap(([name, variable], index) =>
    (variable.from === "text" ? quotedIn(variable.value) : [])
      .filter((quoted) => !names.slice(0, index).includes(quoted))
      .map((quoted) => `${name} quotes ${quoted}, which has to stand before it`),
  );
}

/** A secret comes out of a Secret, whole, or as part of a text that says nothing without it. */
function openSecrets({ settings }: Program, variables: ReadonlyMap<string, Variable>) {
  return settings
    .filter(({ variable, secret }) => secret && isOpen(variables, variable))
    .map(({ variable }) => `${variable} is secret: take it from a Secret (secretKeyRef)`);
}

function isOpen(variables: ReadonlyMap<string, Variable>, name: string): boolean {
  const variable = variables.get(name);
  if (variable === undefined || variable.from === "secret") return false;
  if (variable.from === "map") return true;
  return !quotedIn(variable.value).some((quoted) => variables.get(quoted)?.from === "secret");
}

/**
 * What the program itself says of its settings, with a sample for each value that is known in the
 * cluster only.
 */
function refusals(program: Program, variables: ReadonlyMap<string, Variable>): string[] {
  const elsewhere = [...variables.keys()].map((name) => [name, SAMPLES[name] ?? "a text"] as const);
  const environment = {
    ...Object.fromEntries(elsewhere),
    ...Object.fromEntries(plainValues(variables)),
  };
  const refusal = program.refusalOf(environment);
  return refusal === undefined ? [] : [refusal];
}

/** Nobody outside the pod reaches what listens on loopback, which is every program's default. */
function loopbackHosts({ settings }: Program, variables: ReadonlyMap<string, Variable>) {
  const plain = plainValues(variables);
  return settings
    .filter(({ variable }) => /(^|_)HOST$/.test(variable))
    .filter(({ variable, fallback }) => LOOPBACK.test(plain.get(variable) ?? fallback?.text ?? ""))
    .map(({ variable }) => `${variable} is a loopback address, which no other pod reaches`);
}

/** What goes to an object store lies in a file first, and the root file system takes none. */
function scratchViolations(
  { volumeMounts = [] }: IContainer,
  variables: ReadonlyMap<string, Variable>,
): string[] {
  const isScratch = plainValues(variables).get("BLOB_STORE") === "s3";
  return isScratch && !volumeMounts.some(({ mountPath }) => mountPath === "/tmp")
    ? ["keeps files in /tmp on their way to S3: mount an emptyDir there"]
    : [];
}
