import { hash } from "node:crypto";
import Fastify, { type FastifyInstance } from "fastify";
import type { ApiServer } from "#http/api-server.ts";
import { Problem } from "#problems/problem.ts";

const PREFIX = "/docs";
const DOCUMENT_URL = "/openapi.json";
/** The page itself has 600 characters; the script, which is looked at as well, 5 million. */
const PAGE_CHARACTERS_MAX = 10_000;
/**
 * What the page may do: run its own script, and ask this server. Nothing is fetched from anywhere
 * else.
 */
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
 * Adds the page on which the API can be read and tried. It is built when it is first asked for, by
 * a fastify of its own: its script of 5 MB takes 25 MB of memory that a gateway nobody looks at
 * need not have.
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

/** Allows the page's own inline script by its hash, and no other. */
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
      withDefaultFonts: false, // they would come from a server elsewhere
      telemetry: false,
      proxyUrl: "",
      hideClientButton: true,
      showDeveloperTools: "never",
      agent: { disabled: true }, // it would send the document to a server elsewhere
    },
  });
  await page.ready();
  return page;
}
