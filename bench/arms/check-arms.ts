import { openWorld } from "#world/open-world.ts";
import { PICTURES_SMALL } from "#world/uploaded-pictures.ts";
import type { World } from "#world/world.ts";
import { ARMS, ROOFS } from "./all-arms.ts";
import type { RunningArm } from "./arm.ts";

// Starts each arm on a tiny world, sends it each request that is measured, and stops it.

const SIZE = { images: 40, comments: 1_000, users: 10 };

interface Check {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body?: object;
}

function checksOf(world: World): readonly Check[] {
  const image = `/v1/images/${world.imageIds[0]}`;
  const uploaded = `/v1/images/${world.imageIdsWithBytes[0]}`;
  const get = (path: string) => ({ method: "GET", path, status: 200 });
  return [
    get(image),
    get(`${image}/content?variant=thumb`),
    get("/v1/images?pageSize=30"),
    get(`${image}/comments?pageSize=50`),
    get(`${uploaded}/content?variant=original`),
    { method: "POST", path: `${image}/comments`, status: 201, body: { body: "What a light!" } },
    { method: "PUT", path: `${image}/like`, status: 204 },
    { method: "DELETE", path: `${image}/like`, status: 204 },
    { method: "POST", path: "/v1/sessions", status: 201, body: world.credentials[0] ?? {} },
  ];
}

async function check(arm: RunningArm, checks: readonly Check[]): Promise<void> {
  const [token] = await arm.accessTokens(1);
  for (const { method, path, status, body } of checks) {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    const request = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(arm.url + path, request);
    const text = await response.text();
    if (response.status === status) continue;
    throw new Error(`${arm.name} answers ${response.status} to ${method} ${path}: ${text}`);
  }
}

const world = await openWorld({ size: SIZE, pictures: PICTURES_SMALL });
for (const arm of [...ARMS, ...ROOFS]) {
  const running = await arm.start({ world });
  try {
    const checks = checksOf(world);
    await check(running, ARMS.includes(arm) ? checks : checks.slice(0, 1));
    process.stdout.write(`${arm.name}: ok\n`);
  } finally {
    await running.stop();
  }
}
