import { type Static, Type } from "typebox";
import { DEGRADED } from "./degraded.ts";
import { identifier } from "./identifier.ts";
import {
  DESCRIPTION_LENGTH_MAX,
  TAG_COUNT_MAX,
  TAG_LENGTH_MAX,
  TITLE_LENGTH_MAX,
} from "./limits.ts";
import { moment } from "./moment.ts";
import { nullable } from "./nullable.ts";
import { NextPageToken, PAGE_QUERY } from "./page.ts";
import { UserSummary } from "./users.ts";
import { words } from "./words.ts";

const Title = Type.String({
  "x-trimmed": true,
  maxLength: TITLE_LENGTH_MAX,
  examples: ["Harbour at dawn"],
});
const Tag = Type.String({ "x-trimmed": true, minLength: 1, maxLength: TAG_LENGTH_MAX });
const Description = Type.String({ maxLength: DESCRIPTION_LENGTH_MAX });
const Tags = Type.Array(Tag, {
  maxItems: TAG_COUNT_MAX,
  examples: [["harbour", "dawn"]],
});
const Visibility = words(["public", "unlisted", "private"], {
  description:
    "`public`: everyone, also in lists. `unlisted`: everyone who has the id. `private`: the owner.",
});

/** A variant of an image: a rendition in one size. */
export const Variant = Type.Object({
  name: words(["original", "large", "medium", "small", "thumb"]),
  width: Type.Integer(),
  height: Type.Integer(),
  contentType: Type.String({ examples: ["image/webp"] }),
  url: Type.String({ description: "The URL of its bytes; it changes when they do." }),
});
export type Variant = Static<typeof Variant>;

const IMAGE = {
  id: identifier("The image's id."),
  ownerId: identifier("The owner's id."),
  owner: nullable(UserSummary),
  title: Type.String(),
  description: Type.String(),
  tags: Type.Array(Type.String()),
  visibility: Visibility,
  commentsOpen: Type.Boolean(),
  state: words(["processing", "ready", "failed"], {
    description: "`ready`: the variants are available.",
  }),
  failure: Type.Optional(
    Type.String({
      description:
        "Why processing failed; only if `state` is `failed`. `UNREADABLE`: the file is damaged or cut off. `TOO_EXPENSIVE`: it has more pixels than its header showed. `TOO_COMPLEX`: it took too long or too much memory, twice.",
      examples: ["UNREADABLE"],
    }),
  ),
  width: nullable(
    Type.Integer({
      description:
        "Upright, from the upload on. `null` if `state` is `failed`, or the file's header does not show it: then it comes with `ready`.",
    }),
  ),
  height: nullable(Type.Integer({ description: "Like `width`." })),
  contentType: Type.String({ examples: ["image/jpeg"] }),
  sizeBytes: Type.Integer(),
  placeholder: Type.String({ description: "A thumbhash, in base64; empty until ready." }),
  variants: Type.Array(Variant),
  likeCount: Type.Integer(),
  commentCount: nullable(Type.Integer()),
  viewer: Type.Optional(
    Type.Object({ liked: Type.Boolean() }, { description: "Only when signed in." }),
  ),
  createTime: moment("When it was uploaded."),
  updateTime: moment("When its owner last changed it, or its state last changed."),
} as const;

/** An uploaded picture. */
export const Image = Type.Object({ ...IMAGE, ...DEGRADED }, { $id: "Image" });
export type Image = Static<typeof Image>;
/** The reference to it in other schemas; fastify knows the schema as `Image`. */
export const ImageReference = Type.Unsafe<Image>(Type.Ref("Image#"));

/** A page of images. */
export const ImagePage = Type.Object({
  images: Type.Array(ImageReference),
  nextPageToken: NextPageToken,
  ...DEGRADED,
});

/** The text fields of an upload. */
export const ImageForm = Type.Object(
  {
    title: Type.Optional(Title),
    description: Type.Optional(Description),
    tags: Type.Optional(Tags),
    visibility: Type.Optional(Visibility),
  },
  { additionalProperties: false },
);
export type ImageForm = Static<typeof ImageForm>;

/** An upload, as the OpenAPI document shows it. */
export const ImageUpload = Type.Object({
  file: Type.Unsafe<never>({
    type: "string",
    contentMediaType: "application/octet-stream",
    description:
      "A JPEG, PNG, WebP, AVIF or GIF, up to 25 MiB, 100 megapixels and 32,768 pixels on a side.",
  }),
  ...ImageForm.properties,
});

/** The change of an image by its owner. */
export const ImageChange = Type.Object(
  {
    ...ImageForm.properties,
    commentsOpen: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false, minProperties: 1 },
);

/** The query of a list of images. */
export const ImageQuery = Type.Object({
  owner: Type.Optional(identifier("Only this user's.")),
  tag: Type.Optional(
    Type.String({
      "x-trimmed": true,
      minLength: 1,
      maxLength: TAG_LENGTH_MAX,
      description: "Only with this tag. Tags are compared without case.",
    }),
  ),
  ...PAGE_QUERY,
});

/** The query for the bytes of an image. */
export const ContentQuery = Type.Object({
  variant: Type.Optional(
    words(["original", "large", "medium", "small", "thumb"], {
      description: "`large` if not given; `original` is for the owner only.",
    }),
  ),
  v: Type.Optional(
    Type.String({ maxLength: 128, description: "The version, as in the variant's URL." }),
  ),
});

/** A page of the users who like an image. Their unknown members are null. */
export const LikerPage = Type.Object({
  users: Type.Array(
    Type.Object({
      id: identifier("The user's id."),
      handle: nullable(Type.String()),
      displayName: nullable(Type.String()),
      avatarImageId: nullable(Type.String()),
    }),
  ),
  nextPageToken: NextPageToken,
  ...DEGRADED,
});
