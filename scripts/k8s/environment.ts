import type { IContainer } from "kubernetes-models/v1/Container";
import { findConfigMap, type Rendering } from "./manifest.ts";

/** The source of a variable's value. */
export type Variable =
  | { readonly from: "text"; readonly value: string }
  | { readonly from: "secret"; readonly secret: string }
  | { readonly from: "map"; readonly map: string };

/** A value that contains other variables, `$(NAME)`, which may be secret. */
const QUOTED = /\$\((\w+)\)/g;

/**
 * The environment of a container, by name. A later entry of its manifest overrides an earlier one,
 * as in the cluster.
 */
export function environmentOf(
  rendering: Rendering,
  container: IContainer,
): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const { configMapRef, secretRef, prefix = "" } of container.envFrom ?? []) {
    const map = findConfigMap(rendering, configMapRef?.name ?? "");
    for (const [name, value] of Object.entries(map?.data ?? {})) {
      variables.set(`${prefix}${name}`, { from: "text", value });
    }
    if (secretRef?.name !== undefined) {
      variables.set(`names of the Secret ${secretRef.name}`, {
        from: "secret",
        secret: secretRef.name,
      });
    }
  }
  for (const { name, value = "", valueFrom } of container.env ?? []) {
    if (valueFrom?.secretKeyRef?.name !== undefined) {
      variables.set(name, { from: "secret", secret: valueFrom.secretKeyRef.name });
    } else if (valueFrom?.configMapKeyRef?.name !== undefined) {
      variables.set(name, { from: "map", map: valueFrom.configMapKeyRef.name });
    } else {
      variables.set(name, { from: "text", value });
    }
  }
  return variables;
}

/** The names of the variables that a text contains. */
export function quotedIn(text: string): readonly string[] {
  return [...text.matchAll(QUOTED)].map(([, name = ""]) => name);
}

/** The values that are literally in the manifests: no secrets, and nothing that contains one. */
export function plainValues(variables: ReadonlyMap<string, Variable>): ReadonlyMap<string, string> {
  const plain = new Map<string, string>();
  for (const [name, variable] of variables) {
    if (variable.from === "text" && quotedIn(variable.value).length === 0) {
      plain.set(name, variable.value);
    }
  }
  return plain;
}
