import { type Call, Form, jsonOf, type RouteCase } from "./route-case.ts";
import type { SeedData, SeedImage } from "./seed-data.ts";

const COMPOSED = { needs: ["images"], decoratedBy: ["users", "comments"] } as const;
const PLAIN = { needs: ["images"], decoratedBy: [] } as const;

/** Cases of images, their bytes, and likes. */
export const IMAGE_CASES: readonly RouteCase[] = [
  {
    route: "GET /v1/images",
    weight: 6,
    ...COMPOSED,
    call: ({ random, people }) =>
      get(`/v1/images?owner=${random.pick(people).id}`, random.pick(people).token),
  },
  { route: "POST /v1/images", weight: 3, ...COMPOSED, call: upload },
  {
    route: "GET /v1/images/{id}",
    weight: 16,
    ...COMPOSED,
    call: ({ random, images, people }) =>
      get(`/v1/images/${random.pick(images).id}`, random.pick(people).token),
  },
  { route: "PATCH /v1/images/{id}", weight: 3, ...COMPOSED, call: describeImage },
  { route: "DELETE /v1/images/{id}", weight: 2, ...PLAIN, call: deleteImage },
  {
    route: "GET /v1/images/{id}/content",
    weight: 8,
    ...PLAIN,
    call: ({ random, images }) => get(`/v1/images/${random.pick(images).id}/content?variant=thumb`),
  },
  {
    route: "PUT /v1/images/{id}/like",
    weight: 4,
    ...PLAIN,
    call: (seedData) => like(seedData, "PUT"),
  },
  {
    route: "DELETE /v1/images/{id}/like",
    weight: 3,
    ...PLAIN,
    call: (seedData) => like(seedData, "DELETE"),
  },
  {
    route: "GET /v1/images/{id}/likes",
    weight: 4,
    needs: ["images"],
    decoratedBy: ["users"],
    call: ({ random, images }) => get(`/v1/images/${random.pick(images).id}/likes`),
  },
];

/** Returns the ledger key of an image. Its value is the image's description. */
export function imageKey(title: string): string {
  return `image ${title}`;
}

function get(path: string, token?: string): Call {
  return { method: "GET", path, token, expected: [200] };
}

function upload({ random, people, picture, ledger, looseImages, mark }: SeedData): Call {
  const owner = random.pick(people);
  const title = mark();
  const write = ledger.write(imageKey(title), "");
  return {
    method: "POST",
    path: "/v1/images",
    token: owner.token,
    body: new Form({ title }, picture),
    expected: [201],
    onSuccess(success) {
      write.acknowledge(success);
      looseImages.push({ id: jsonOf(success.answer).id, title, owner });
    },
  };
}

/** If each last change is in doubt, sets a title to the value that it has. */
function describeImage({ random, images, ledger, mark }: SeedData): Call {
  const settled = images.filter(({ title }) => ledger.isSettled(imageKey(title)));
  const { id, title, owner } = random.pick(settled.length > 0 ? settled : images);
  const change = {
    method: "PATCH",
    path: `/v1/images/${id}`,
    token: owner.token,
    expected: [200],
  };
  if (settled.length === 0) return { ...change, body: { title } };
  const description = mark();
  const write = ledger.write(imageKey(title), description);
  return { ...change, body: { description }, onSuccess: write.acknowledge };
}

function deleteImage(seedData: SeedData): Call {
  const image = seedData.looseImages.shift();
  if (image === undefined) return deleteNothing(seedData);
  const write = seedData.ledger.write(imageKey(image.title), null);
  return {
    method: "DELETE",
    path: `/v1/images/${image.id}`,
    token: image.owner.token,
    // 404 if the first of two attempts was executed and its answer lost.
    expected: [204, 404],
    onSuccess: write.acknowledge,
  };
}

/** Deletes an image that does not exist: as much work for images, while no image may be deleted. */
function deleteNothing({ random, people }: SeedData): Call {
  const token = random.pick(people).token;
  return { method: "DELETE", path: `/v1/images/${NO_ID}`, token, expected: [404] };
}

/** An id that belongs to nothing. */
export const NO_ID = "01900000-0000-7000-8000-000000000000";

function like({ random, images, people, ledger }: SeedData, method: "PUT" | "DELETE"): Call {
  const pairs = images.flatMap((image) => people.map((person) => ({ image, person })));
  const settled = pairs.filter(({ image, person }) => ledger.isSettled(likeKey(image, person.id)));
  // If all are in doubt, one is repeated as it was: the opposite would leave it open.
  const { image, person } = random.pick(settled.length > 0 ? settled : pairs);
  const write = ledger.write(likeKey(image, person.id), method === "PUT" ? "there" : null);
  return {
    method,
    path: `/v1/images/${image.id}/like`,
    token: person.token,
    expected: [204],
    onSuccess: settled.length > 0 ? write.acknowledge : undefined,
  };
}

/** Returns the ledger key of a like. */
export function likeKey({ id }: Pick<SeedImage, "id">, userId: string): string {
  return `like of ${id} by ${userId}`;
}
