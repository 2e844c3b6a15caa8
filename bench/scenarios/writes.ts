import type { Body, Operation, RequestTemplate } from "#load/load-order.ts";
import { CONNECTIONS_DEFAULT, ONCE, type Scenario, type Target } from "./scenario.ts";
import { UPLOAD_FORM_TYPE, uploadForm } from "./upload-form.ts";

const WORDS = "what a light over the harbour when boats come home and nobody speaks".split(" ");
const COMMENT_WORDS = 16;
const COMMENTS = 500;
/** A hash takes 45 ms: more connections would only queue. */
const SIGN_IN_CONNECTIONS = 8;
const UPLOAD_CONNECTIONS = 4;

/** `POST /v1/images/{id}/comments`. */
export const POST_COMMENT: RequestTemplate = {
  method: "POST",
  path: "/v1/images/{value}/comments",
  status: 201,
  bodies: commentBodies(),
};
/** `PUT /v1/images/{id}/like`. */
export const PUT_LIKE: RequestTemplate = {
  method: "PUT",
  path: "/v1/images/{value}/like",
  status: 204,
};

/** The writes. */
export const WRITES: readonly Scenario[] = [
  {
    ...{ name: "post-comment", title: "post a comment", world: "default", quick: true },
    ...{ connections: CONNECTIONS_DEFAULT, openLoop: true },
    prepare: async (target) => [byUsers("post-comment", POST_COMMENT, target)],
  },
  {
    ...{ name: "like", title: "like an image", world: "default" },
    connections: CONNECTIONS_DEFAULT,
    prepare: async (target) => [byUsers("like", PUT_LIKE, target)],
  },
  {
    ...{ name: "sign-in", title: "sign in", world: "default" },
    connections: SIGN_IN_CONNECTIONS,
    prepare: async ({ world }) => [
      {
        ...{ ...ONCE, name: "sign-in", values: [""] },
        steps: [
          {
            ...{ method: "POST", path: "/v1/sessions", status: 201 },
            bodies: world.credentials.map((credentials) => json(credentials)),
          },
        ],
      },
    ],
  },
  {
    ...{ name: "upload", title: "upload a JPEG of 3 MB, until its variants are ready" },
    ...{ world: "default", connections: UPLOAD_CONNECTIONS, patience: 2 },
    prepare: async ({ tokens }) => [await uploads(tokens)],
  },
];

function byUsers(name: string, step: RequestTemplate, { world, tokens }: Target): Operation {
  return { ...ONCE, name, steps: [step], values: world.imageIds, tokens };
}

async function uploads(tokens: readonly string[]): Promise<Operation> {
  const { bytes, varyAt } = await uploadForm();
  return {
    ...{ ...ONCE, name: "upload", values: [""], tokens },
    steps: [
      {
        ...{ method: "POST", path: "/v1/images", status: 201, takesId: true },
        bodies: [{ contentType: UPLOAD_FORM_TYPE, bytes, varyAt }],
      },
      { method: "GET", path: "/v1/images/{value}", status: 200, until: '"state":"ready"' },
    ],
  };
}

function commentBodies(): readonly Body[] {
  return Array.from({ length: COMMENTS }, (_, index) => {
    const words = Array.from(
      { length: COMMENT_WORDS },
      (_, place) => WORDS[(index * 7 + place * (1 + (index % 11))) % WORDS.length],
    );
    return json({ body: `${words.join(" ")}, ${index}` });
  });
}

function json(value: unknown): Body {
  return { contentType: "application/json", bytes: Buffer.from(JSON.stringify(value)) };
}
