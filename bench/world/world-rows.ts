import type { PlannedImage, WorldPlan } from "./plan-world.ts";
import type { UploadedPicture } from "./uploaded-pictures.ts";

/** Long enough that every session of a world is open whenever it is used. */
const SESSION_MS = 10 * 365 * 24 * 60 * 60 * 1_000;

/** Returns the rows of `users`, which both systems have alike. */
export function userRows({ users }: WorldPlan, passwordHash: string) {
  return users.map(({ id, handle, displayName, createMs }) => {
    const email = `${handle}@bench.example`;
    return {
      id,
      handle,
      email,
      email_key: email,
      password_hash: passwordHash,
      display_name: displayName,
      display_name_key: displayName.toLowerCase(),
      bio: "",
      follower_count: 0,
      following_count: 0,
      version: 1,
      create_time: toTime(createMs),
      update_time: toTime(createMs),
    };
  });
}

/** Returns the rows of `sessions`: an open one for each user. */
export function sessionRows({ users }: WorldPlan) {
  return users.map(({ id, sessionId, createMs }) => ({
    user_id: id,
    id: sessionId,
    refresh_token_hash: `\\x${"00".repeat(32)}`,
    user_agent: "",
    create_time: toTime(createMs),
    refresh_time: toTime(createMs),
    expire_time: toTime(Date.now() + SESSION_MS),
  }));
}

/** Returns the columns of `images` that both systems have, of one planned image. */
export function imageRow(
  { users }: WorldPlan,
  image: PlannedImage,
  { width, height, contentType, sizeBytes, hash }: UploadedPicture,
) {
  const { id, owner, title, description, tags, likers, createMs } = image;
  return {
    id,
    owner_id: users[owner]?.id,
    title,
    description,
    tags,
    visibility: "public",
    comments_open: true,
    state: "ready",
    width,
    height,
    content_type: contentType,
    size_bytes: sizeBytes,
    blob_hash: hash,
    like_count: likers.length,
    version: 1,
    create_time: toTime(createMs),
    update_time: toTime(createMs),
  };
}

/** Returns the rows of `likes`, the newest of an image last. */
export function likeRows({ users, images }: WorldPlan) {
  return images.flatMap(({ id, likers, createMs }) =>
    likers.map((liker, index) => ({
      image_id: id,
      user_id: users[liker]?.id,
      create_time: toTime(createMs + index * 1_000),
    })),
  );
}

/** Returns the rows of `comments`, in the order of time. */
export function commentRows({ users, images, comments }: WorldPlan) {
  return comments.map(({ id, image, author, parentId, body, replyCount, createMs }) => ({
    image_id: images[image]?.id,
    id,
    parent_id: parentId ?? null,
    author_id: users[author]?.id,
    depth: parentId === undefined ? 1 : 2,
    body,
    reply_count: replyCount,
    edited: false,
    deleted: false,
    version: 1,
    create_time: toTime(createMs),
    update_time: toTime(createMs),
  }));
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
