import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer";
import type { INetworkPolicyPort } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPort";
import { ofKind, type Rendering, selects } from "./manifest.ts";
import type { PodPort, Pods } from "./pods.ts";

/**
 * Whether pods may open a connection to a port of others, by the policies of both sides. All are in
 * one namespace.
 */
export function mayConnect(rendering: Rendering, from: Pods, to: Pods, port: PodPort): boolean {
  return (
    allowed(policiesOf(rendering, from, "Egress"), "egress", to, port) &&
    allowed(policiesOf(rendering, to, "Ingress"), "ingress", from, port)
  );
}

/** Whether pods that no other policy selects are denied everything, in both directions. */
export function deniesAll(rendering: Rendering): boolean {
  const unknown = { name: "unknown", labels: {}, ports: [] };
  return (["Ingress", "Egress"] as const).every(
    (direction) => policiesOf(rendering, unknown, direction).length > 0,
  );
}

function policiesOf(rendering: Rendering, { labels }: Pods, direction: "Ingress" | "Egress") {
  return ofKind<INetworkPolicy>(rendering, "NetworkPolicy").filter(
    ({ spec }) =>
      spec?.policyTypes?.includes(direction) && selects(spec.podSelector?.matchLabels, labels),
  );
}

/** Without a policy everything is allowed; with several, whatever one of them allows. */
function allowed(
  policies: readonly INetworkPolicy[],
  direction: "ingress" | "egress",
  peer: Pods,
  port: PodPort,
): boolean {
  if (policies.length === 0) return true;
  return policies.some(({ spec }) => {
    if (direction === "ingress") {
      return spec?.ingress?.some(({ from, ports }) => fits(from, ports, peer, port)) ?? false;
    }
    return spec?.egress?.some(({ to, ports }) => fits(to, ports, peer, port)) ?? false;
  });
}

function fits(
  peers: readonly INetworkPolicyPeer[] | undefined,
  ports: readonly INetworkPolicyPort[] | undefined,
  pods: Pods,
  { number, name }: PodPort,
): boolean {
  const portFits = ports?.some(
    (allowed) => allowed.port === undefined || [number, name].includes(allowed.port),
  );
  return (portFits ?? true) && (peers?.some((peer) => isPeer(peer, pods)) ?? true);
}

/**
 * A block of addresses may belong to anybody, so it counts as everybody. A namespace with a name is
 * another one.
 */
function isPeer({ ipBlock, namespaceSelector, podSelector }: INetworkPolicyPeer, pods: Pods) {
  if (ipBlock !== undefined) return true;
  if (Object.keys(namespaceSelector?.matchLabels ?? {}).length > 0) return false;
  return selects(podSelector?.matchLabels, pods.labels);
}
