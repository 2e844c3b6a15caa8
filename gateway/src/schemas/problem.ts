import { type Static, Type } from "typebox";

/** An error (RFC 9457). */
export const ProblemBody = Type.Object(
  {
    type: Type.String({
      description: "Names the kind of problem.",
      examples: ["urn:triptych:problem:image-not-found"],
    }),
    title: Type.String({ examples: ["There is no such image"] }),
    status: Type.Integer({ examples: [404] }),
    detail: Type.String({ description: "What is wrong with this request, and what to do." }),
    instance: Type.String({ description: "The request's id, as in `X-Request-Id`." }),
    code: Type.String({
      description: "The stable code, for programs.",
      examples: ["IMAGE_NOT_FOUND"],
    }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          field: Type.String({ examples: ["tags[2]"] }),
          message: Type.String({ examples: ["must have at most 50 characters"] }),
        }),
        { description: "Every bad field." },
      ),
    ),
  },
  { $id: "Problem" },
);
export type ProblemBody = Static<typeof ProblemBody>;
/** The reference to it in other schemas; fastify knows the schema as `Problem`. */
export const ProblemBodyReference = Type.Unsafe<ProblemBody>(Type.Ref("Problem#"));
