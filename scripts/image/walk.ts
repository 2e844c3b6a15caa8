/**
 * The walk of the README, on a running system: node scripts/image/walk.ts http://127.0.0.1:8080
 *
 * Creates an account, uploads a picture, waits until it is ready, and comments on it. Exits with 1
 * at the first unexpected answer.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const READY_MS_MAX = 60_000;
const POLL_MS = 250;
const PHOTO = new URL("../../docs/photo.jpg", import.meta.url);

const [, , url] = process.argv;
assert(
  url !== undefined,
  "say where the gateway is: node scripts/image/walk.ts http://127.0.0.1:8080",
);

/** Sends a request and returns the answer. Throws if its status is not the expected one. */
async function ask(path: string, status: number, request: RequestInit = {}): Promise<Response> {
  const answer = await fetch(new URL(path, url), request);
  if (answer.status === status) return answer;
  throw new Error(`${path} answered ${answer.status}, not ${status}: ${await answer.text()}`);
}

// biome-ignore lint/suspicious/noExplicitAny: answers have every shape; see their uses.
async function askJson(path: string, status: number, request: RequestInit = {}): Promise<any> {
  return (await ask(path, status, request)).json();
}

function post(path: string, body: object, token?: string) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { "content-type": "application/json", ...authorization };
  return askJson(path, 201, { method: "POST", headers, body: JSON.stringify(body) });
}

const handle = `walker_${randomBytes(6).toString("hex")}`;
const password = randomBytes(16).toString("hex");
await post("/v1/users", { handle, email: `${handle}@example.org`, password });
const { accessToken } = await post("/v1/sessions", { login: handle, password });

const form = new FormData();
form.append("title", "Evening");
form.append("file", new Blob([await readFile(PHOTO)]), "photo.jpg");
const headers = { authorization: `Bearer ${accessToken}` };
const uploaded = await askJson("/v1/images", 201, { method: "POST", headers, body: form });
const path = `/v1/images/${uploaded.id}`;

let image = uploaded;
for (const deadline = Date.now() + READY_MS_MAX; image.state === "processing"; ) {
  assert(Date.now() < deadline, `the image is still not processed after ${READY_MS_MAX} ms`);
  await delay(POLL_MS);
  image = await askJson(path, 200);
}
assert.equal(image.state, "ready");
const thumbnail = await ask(`${path}/content?variant=thumb`, 200);
assert.equal(thumbnail.headers.get("content-type"), "image/webp");

await post(`${path}/comments`, { body: "What an evening." }, accessToken);
const { comments } = await askJson(`${path}/comments`, 200);
assert.deepEqual(
  comments.map(({ body, author }: { body: string; author: { handle: string } }) => [
    body,
    author.handle,
  ]),
  [["What an evening.", handle]],
);
process.stdout.write(`${handle} opened an account, uploaded ${uploaded.id}, and commented on it\n`);
