import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { FrontDoor } from "#seed/client/front-door.ts";
import { Member } from "#seed/client/member.ts";
import { planSeedWorld } from "#seed/plan/plan-seed-world.ts";
import { awaitRendering } from "./fill-pictures.ts";
import { fillProfiles } from "./fill-profiles.ts";
import { at, type Exhibit, type Filling } from "./filling.ts";
import { Progress } from "./progress.ts";

const { people, pictures, ...rest } = planSeedWorld(42, {
  ...{ users: 1, images: 4, comments: 0, likes: 0 },
});
const person = { ...at(people, 0), bio: "Looks at the sea.", hasAvatar: true };
const world = { ...rest, people: [person], pictures };

/** The answer to each request but a sign-in, by method, path and changed fields. */
type Answers = Readonly<Record<string, { readonly status: number; readonly json: unknown }>>;

let server: Server | undefined;
const changes: unknown[] = [];

async function fillingOf(answers: Answers) {
  changes.length = 0;
  server = createServer(async (request, response) => {
    const body = await textOf(request);
    const session = { status: 201, json: { accessToken: "token", expiresIn: 3_600 } };
    const isSignIn = request.url === "/v1/sessions";
    const change = request.method === "PATCH" ? JSON.parse(body) : undefined;
    if (change !== undefined) changes.push(change);
    const name = [request.method, request.url, ...Object.keys(change ?? {})].join(" ");
    const { status, json } = (isSignIn ? session : answers[name]) ?? {
      ...{ status: 404, json: { code: "IMAGE_NOT_FOUND" } },
    };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { signal: stop } = new AbortController();
  const door = new FrontDoor(`http://127.0.0.1:${port}`, stop);
  const said: string[] = [];
  const progress = new Progress({ write: (text) => said.push(text) });
  const filling: Filling = { door, world, password: "secret", places: 1, stop, progress };
  const member = new Member(door, "a-user", { handle: person.handle, password: "secret" });
  return { filling, member, said };
}

function exhibitsOf(owner: Member, states: readonly Exhibit["state"][]): readonly Exhibit[] {
  return states.map((state, index) => ({
    ...{ picture: { ...at(pictures, index), visibility: "public" }, id: `image-${index}` },
    ...{ owner, state },
  }));
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

test("waits for what is being rendered, and returns only what is ready", async () => {
  const { filling, member, said } = await fillingOf({
    "GET /v1/images/image-1": { status: 200, json: { state: "failed", failure: "CORRUPT" } },
    "GET /v1/images/image-2": { status: 200, json: { state: "ready" } },
  });
  const exhibits = exhibitsOf(member, ["failed", "processing", "processing", "ready"]);
  const ready = await awaitRendering(filling, exhibits);
  expect(ready.map(({ id }) => id)).toEqual(["image-2", "image-3"]);
  expect(said.join("")).toContain("cannot be rendered: CORRUPT");
});

test("leaves a picture that was deleted before it was rendered", async () => {
  const { filling, member, said } = await fillingOf({});
  const exhibits = exhibitsOf(member, ["processing", "ready"]);
  const ready = await awaitRendering(filling, exhibits);
  expect(ready.map(({ id }) => id)).toEqual(["image-1"]);
  expect(said.join("")).toContain(`left "${pictures[0]?.title}" as it is`);
});

test("leaves a profile without an avatar if its picture was deleted, and fills in the rest", async () => {
  const { filling, member, said } = await fillingOf({
    "PATCH /v1/users/me bio": { status: 200, json: {} },
    "PATCH /v1/users/me avatarImageId": { status: 422, json: { code: "AVATAR_NOT_USABLE" } },
  });
  const profile = { bio: "", avatarImageId: null };
  const exhibits = exhibitsOf(member, ["ready"]);
  await fillProfiles(filling, { people: [{ member, profile }], exhibits });
  expect(changes).toEqual([{ bio: person.bio }, { avatarImageId: "image-0" }]);
  expect(said.join("")).toContain(`left "${pictures[0]?.title}" as it is`);
});

test("fails if a profile is refused for any other reason", async () => {
  const { filling, member } = await fillingOf({
    "PATCH /v1/users/me avatarImageId": { status: 422, json: { code: "INVALID_ARGUMENT" } },
  });
  const profile = { bio: person.bio, avatarImageId: null };
  const filled = fillProfiles(filling, {
    ...{ people: [{ member, profile }], exhibits: exhibitsOf(member, ["ready"]) },
  });
  await expect(filled).rejects.toThrow("INVALID_ARGUMENT");
});
