import type { IHTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";
import type { IIngress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { broken, renderProduction, without } from "#k8s/broken.fixture.ts";
import type { Rendering } from "#k8s/manifest.ts";
import { findWayInViolations } from "#k8s/rules/ways-in.ts";

let production: Rendering;
beforeAll(async () => {
  production = await renderProduction();
});

describe("a way in from outside", () => {
  test("leads to the API only", () => {
    expect(findWayInViolations(production)).toEqual([]);
  });

  test("is found to lead to the metrics, by an HTTPRoute of everything", () => {
    const changed = broken<IHTTPRoute>(production, "HTTPRoute/gateway", ({ spec }) => {
      delete spec.rules?.[0]?.matches;
    });
    expect(findWayInViolations(changed)).toEqual([
      "HTTPRoute gateway: shows /metrics to everybody",
      "HTTPRoute gateway: shows /healthz to everybody",
      "HTTPRoute gateway: shows /readyz to everybody",
    ]);
  });

  test("is found to lead to the metrics, by an Ingress", () => {
    const backend = { service: { name: "gateway", port: { name: "http" } } };
    const paths = [{ path: "/metrics", pathType: "Exact" as const, backend }];
    const ingress: IIngress = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "gateway" },
      spec: { rules: [{ http: { paths } }] },
    };
    const manifests = [...production.manifests, { ...ingress, metadata: { name: "gateway" } }];
    expect(findWayInViolations({ name: "here", manifests })).toEqual([
      "Ingress gateway: shows /metrics to everybody",
    ]);
  });

  test("leads to a Service that is there", () => {
    expect(findWayInViolations(without(production, "Service/gateway"))).toEqual([
      "HTTPRoute gateway: there is no port 80 of a Service gateway",
    ]);
  });
});
