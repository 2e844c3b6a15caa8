// JSON schemas: fastify compiles them to validators and to serialisers.

const TEXT = { type: "string" } as const;
const WHOLE = { type: "integer" } as const;
const TEXT_OR_NULL = { type: ["string", "null"] } as const;
const WHOLE_OR_NULL = { type: ["integer", "null"] } as const;

const USER_SUMMARY = {
  type: ["object", "null"],
  properties: { id: TEXT, handle: TEXT, displayName: TEXT, avatarImageId: TEXT_OR_NULL },
} as const;

const VARIANT = {
  type: "object",
  properties: { name: TEXT, width: WHOLE, height: WHOLE, contentType: TEXT, url: TEXT },
} as const;

/** An image. */
export const IMAGE = {
  type: "object",
  properties: {
    id: TEXT,
    ownerId: TEXT,
    owner: USER_SUMMARY,
    title: TEXT,
    description: TEXT,
    tags: { type: "array", items: TEXT },
    visibility: TEXT,
    commentsOpen: { type: "boolean" },
    state: TEXT,
    failure: TEXT,
    width: WHOLE_OR_NULL,
    height: WHOLE_OR_NULL,
    contentType: TEXT,
    sizeBytes: WHOLE,
    placeholder: TEXT,
    variants: { type: "array", items: VARIANT },
    likeCount: WHOLE,
    commentCount: WHOLE,
    viewer: { type: "object", properties: { liked: { type: "boolean" } } },
    createTime: TEXT,
    updateTime: TEXT,
  },
} as const;

/** A comment. */
export const COMMENT = {
  type: "object",
  properties: {
    id: TEXT,
    imageId: TEXT,
    authorId: TEXT_OR_NULL,
    author: USER_SUMMARY,
    parentId: TEXT_OR_NULL,
    body: TEXT,
    replyCount: WHOLE,
    edited: { type: "boolean" },
    deleted: { type: "boolean" },
    createTime: TEXT,
    updateTime: TEXT,
  },
} as const;

/** A page of images. */
export const IMAGE_PAGE = {
  type: "object",
  properties: { images: { type: "array", items: IMAGE }, nextPageToken: TEXT_OR_NULL },
} as const;

/** A page of comments. */
export const COMMENT_PAGE = {
  type: "object",
  properties: { comments: { type: "array", items: COMMENT }, nextPageToken: TEXT_OR_NULL },
} as const;

/** The tokens of a session, and its user. */
export const SESSION = {
  type: "object",
  properties: {
    accessToken: TEXT,
    tokenType: TEXT,
    expiresIn: WHOLE,
    refreshToken: TEXT,
    user: {
      type: "object",
      properties: {
        id: TEXT,
        handle: TEXT,
        displayName: TEXT,
        bio: TEXT,
        avatarImageId: TEXT_OR_NULL,
        followerCount: WHOLE,
        followingCount: WHOLE,
        createTime: TEXT,
        email: TEXT,
      },
    },
  },
} as const;

const ID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";
/** The longest page token that is read. */
const PAGE_TOKEN_LENGTH_MAX = 64;

/** The path parameter that names an image. */
export const ID_PARAMETERS = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "string", pattern: ID } },
} as const;

/** The query of a list. */
export const PAGE_QUERY = {
  type: "object",
  properties: {
    pageSize: { type: "integer", minimum: 1 },
    pageToken: { type: "string", maxLength: PAGE_TOKEN_LENGTH_MAX },
  },
} as const;

/** The query for the bytes of an image. */
export const CONTENT_QUERY = {
  type: "object",
  properties: {
    variant: { enum: ["original", "large", "medium", "small", "thumb"], default: "large" },
    v: { type: "string", maxLength: 128 },
  },
} as const;

/** The body that creates a comment. */
export const NEW_COMMENT = {
  type: "object",
  required: ["body"],
  additionalProperties: false,
  properties: {
    body: { type: "string", minLength: 1, maxLength: 2_000 },
    parentId: { type: ["string", "null"], pattern: ID },
  },
} as const;

/** The body of a sign-in. */
export const NEW_SESSION = {
  type: "object",
  required: ["login", "password"],
  additionalProperties: false,
  properties: {
    login: { type: "string", minLength: 1, maxLength: 254 },
    password: { type: "string", minLength: 1, maxLength: 128 },
  },
} as const;
