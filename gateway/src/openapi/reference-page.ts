import { hash } from "node:crypto";
import Fastify, { type FastifyInstance } from "fastify";
import type { ApiServer } from "#http/api-server.ts";
import { Problem } from "#problems/problem.ts";

const PREFIX = "/docs";
const DOCUMENT_URL = "/openapi.json";
/** The page has 600 characters; its script, which passes here too, has 5 million. */
const PAGE_CHARACTERS_MAX = 10_000;
/** The page may run its own script and call this server. It loads nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];
const INLINE_SCRIPT = /<script type="text\/javascript">([\s\S]*?)<\/script>/g;

/**
 * Adds the page on which the API can be read and tried. A fastify of its own builds it at the first
 * request: its script of 5 MB takes 25 MB of memory, which most gateways never need.
 */
export function referencePageRoutes(server: ApiServer): void {
  let page: Promise<FastifyInstance> | undefined;
  const open = () => {
    page ??= createPage();
    return page;
  };

  for (const url of [PREFIX, `${PREFIX}/`, `${PREFIX}/js/scalar.js`]) {
    server.get(url, { schema: { hide: true } }, async (request, reply) => {
      const built = await open();
      const answer = await built.inject({ method: "GET", url: request.url });
      const { location, "content-type": type } = answer.headers;
      if (answer.statusCode >= 400) throw new Problem("INTERNAL", { cause: answer.body });
      if (location !== undefined) return reply.redirect(`${PREFIX}/`, 301);
      reply.header("content-security-policy", policyOf(answer.body));
      return reply.type(type ?? "text/html").send(answer.rawPayload);
    });
  }

  server.addHook("onClose", async () => {
    await (await page)?.close();
  });
}

/** Returns the policy that allows the page's inline script by its hash, and no other. */
function policyOf(page: string): string {
  const hashes = [...page.slice(0, PAGE_CHARACTERS_MAX).matchAll(INLINE_SCRIPT)].map(
    ([, script = ""]) => `'sha256-${hash("sha256", script, "base64")}'`,
  );
  return [...POLICY, ["script-src 'self'", ...hashes].join(" ")].join("; ");
}

async function createPage(): Promise<FastifyInstance> {
  const { default: reference } = await import("@scalar/fastify-api-reference");
  const page = Fastify({ logger: false });
  await page.register(reference, {
    routePrefix: PREFIX,
    configuration: {
      url: DOCUMENT_URL,
      pageTitle: "Triptych API",
      withDefaultFonts: false, // they would be loaded from another server
      telemetry: false,
      proxyUrl: "",
      hideClientButton: true,
      showDeveloperTools: "never",
      agent: { disabled: true }, // it would send the document to another server
    },
  });
  await page.ready();
  return page;
}
