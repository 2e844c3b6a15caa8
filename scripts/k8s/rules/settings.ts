import type { IContainer } from "kubernetes-models/v1/Container";
import { environmentOf, plainValues, quotedIn, type Variable } from "#k8s/environment.ts";
import { containersOf, nameOf, ofKind, type Rendering, workloadsOf } from "#k8s/manifest.ts";
import { type Program, type Programs, programOf } from "#k8s/programs.ts";
import { makeAccessTokenKeys } from "#k8s/secrets.ts";

/** Variables that Node and libuv read before the program starts. */
const OF_NODE = ["NODE_OPTIONS", "UV_THREADPOOL_SIZE"];
const [SAMPLE_PRIVATE_KEY, SAMPLE_PUBLIC_KEYS] = makeAccessTokenKeys();
const SAMPLE_URL = "postgresql://owner:password@database/name";
/** Sample values for those that only a Secret or a ConfigMap of the cluster has. */
const SAMPLES: Readonly<Record<string, string | undefined>> = {
  DATABASE_URL: SAMPLE_URL,
  DATABASE_REPLICA_URL: SAMPLE_URL,
  ACCESS_TOKEN_PRIVATE_KEY: SAMPLE_PRIVATE_KEY?.stringData?.jwk,
  ACCESS_TOKEN_PUBLIC_KEYS: SAMPLE_PUBLIC_KEYS?.data?.jwks,
};
const LOOPBACK = /^(127\.|localhost$|::1$)/;

/**
 * Finds settings that a program does not have, would refuse, or misses; and secrets that are
 * literally in a manifest.
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
  // A password that another variable contains is no setting, and must still be a variable.
  const quoted = [...variables.values()].flatMap((variable) =>
    variable.from === "text" ? quotedIn(variable.value) : [],
  );
  return [...variables.keys()]
    .filter((name) => !known.includes(name) && !quoted.includes(name))
    .map((name) => `${config} has no setting ${name}`);
}

/** The cluster expands a variable only in texts that follow it. */
function lateQuotations(variables: ReadonlyMap<string, Variable>) {
  const names = [...variables.keys()];
  return [...variables].flatMap(([name, variable], index) =>
    (variable.from === "text" ? quotedIn(variable.value) : [])
      .filter((quoted) => !names.slice(0, index).includes(quoted))
      .map((quoted) => `${name} quotes ${quoted}, which has to stand before it`),
  );
}

/**
 * A secret comes from a Secret, as a whole or as a part of a text that contains no other secret.
 */
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
 * The messages of the program about its settings, with a sample for each value that only the
 * cluster knows.
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

/** A program listens on loopback by default, where nobody outside the pod reaches it. */
function loopbackHosts({ settings }: Program, variables: ReadonlyMap<string, Variable>) {
  const plain = plainValues(variables);
  return settings
    .filter(({ variable }) => /(^|_)HOST$/.test(variable))
    .filter(({ variable, fallback }) => LOOPBACK.test(plain.get(variable) ?? fallback?.text ?? ""))
    .map(({ variable }) => `${variable} is a loopback address, which no other pod reaches`);
}

/**
 * An upload is in a scratch file before it goes to the object store, and the root file system is
 * read-only.
 */
function scratchViolations(
  { volumeMounts = [] }: IContainer,
  variables: ReadonlyMap<string, Variable>,
): string[] {
  const isScratch = plainValues(variables).get("BLOB_STORE") === "s3";
  return isScratch && !volumeMounts.some(({ mountPath }) => mountPath === "/tmp")
    ? ["keeps files in /tmp on their way to S3: mount an emptyDir there"]
    : [];
}
