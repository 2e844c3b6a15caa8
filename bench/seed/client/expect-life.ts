const HEALTH_MS_MAX = 10_000;

/** Throws a sentence for the user if nothing answers at the URL, which may have a path. */
export async function expectLife(url: string): Promise<void> {
  const signal = AbortSignal.timeout(HEALTH_MS_MAX);
  await fetch(`${url.replace(/\/+$/, "")}/healthz`, { signal }).catch((error: unknown) => {
    const message = `nothing answers at ${url}: start it with pnpm start, or give --url`;
    throw new Error(message, { cause: error });
  });
}
