import type { IHTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";
import type { IIngress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import type { IService } from "kubernetes-models/v1/Service";
import { nameOf, ofKind, type Rendering } from "#k8s/manifest.ts";

/** Routes of the gateway that are for operators and need no token. */
const OPERATORS = ["/metrics", "/healthz", "/readyz"];

/**
 * Finds routes from outside to paths for operators, and routes to a Service or port that does not
 * exist.
 */
export function findWayInViolations(rendering: Rendering): string[] {
  return waysIn(rendering).flatMap(({ name, paths, backends }) => [
    ...OPERATORS.filter((route) => paths.some((path) => leadsTo(path, route))).map(
      (route) => `${name}: shows ${route} to everybody`,
    ),
    ...backends
      .filter((backend) => !isThere(rendering, backend))
      .map(({ service, port }) => `${name}: there is no port ${port} of a Service ${service}`),
  ]);
}

interface Backend {
  readonly service: string | undefined;
  readonly port: number | string | undefined;
}

interface WayIn {
  readonly name: string;
  /** Undefined matches every path. */
  readonly paths: readonly (string | undefined)[];
  readonly backends: readonly Backend[];
}

function waysIn(rendering: Rendering): WayIn[] {
  const routes = ofKind<IHTTPRoute>(rendering, "HTTPRoute").map((route) => {
    const rules = route.spec.rules ?? [];
    return {
      name: nameOf(route),
      paths: rules.flatMap(({ matches = [{}] }) => matches.map(({ path }) => path?.value)),
      backends: rules.flatMap(({ backendRefs = [] }) =>
        backendRefs.map(({ name, port }) => ({ service: name, port })),
      ),
    };
  });
  const ingresses = ofKind<IIngress>(rendering, "Ingress").map((ingress) => {
    const paths = (ingress.spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
    return {
      name: nameOf(ingress),
      paths: paths.map(({ path }) => path),
      backends: paths.map(({ backend: { service } }) => ({
        service: service?.name,
        port: service?.port?.name ?? service?.port?.number,
      })),
    };
  });
  return [...routes, ...ingresses];
}

function leadsTo(path: string | undefined, route: string): boolean {
  return path === undefined || path === "/" || path === route;
}

function isThere(rendering: Rendering, { service, port }: Backend): boolean {
  return ofKind<IService>(rendering, "Service").some(
    ({ metadata, spec }) =>
      metadata.name === service &&
      spec?.ports?.some((open) => open.port === port || open.name === port),
  );
}
