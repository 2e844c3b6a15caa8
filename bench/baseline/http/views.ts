import type { CommentRow, ImageRow, StoredVariant, SummaryColumns } from "#baseline/store/rows.ts";

/** Converts an image to its shape in the REST API. */
export function toImage(row: ImageRow) {
  return {
    id: row.id,
    ownerId: row.owner_id,
    owner: toSummary(row.owner_id, row),
    title: row.title,
    description: row.description,
    tags: row.tags,
    visibility: row.visibility,
    commentsOpen: row.comments_open,
    state: row.state,
    failure: row.failure === null ? undefined : row.failure.toUpperCase(),
    width: row.width === 0 ? null : row.width,
    height: row.height === 0 ? null : row.height,
    contentType: row.content_type,
    sizeBytes: row.size_bytes,
    placeholder: row.placeholder,
    variants: row.variants.map((variant) => toVariant(row.id, variant)),
    likeCount: row.like_count,
    commentCount: row.comment_count,
    viewer: row.liked === undefined ? undefined : { liked: row.liked },
    createTime: row.create_time,
    updateTime: row.update_time,
  };
}

/**
 * Returns the strong entity tag of an image. It is made of everything that an answer may differ by,
 * so that no body need be hashed.
 */
export function imageTag(row: ImageRow): string {
  const { version, owner_version: owner, like_count: likes, comment_count: comments } = row;
  return `"${version}.${owner}.${likes}.${comments}.${row.state}.${row.liked ?? ""}"`;
}

function toVariant(imageId: string, { name, width, height, contentType, hash }: StoredVariant) {
  const url = `/v1/images/${imageId}/content?variant=${name}&v=${hash}`;
  return { name, width, height, contentType, url };
}

/** Converts a comment to its shape in the REST API. */
export function toComment(imageId: string, row: CommentRow) {
  return {
    id: row.id,
    imageId,
    authorId: row.author_id,
    author: row.author_id === null ? null : toSummary(row.author_id, row),
    parentId: row.parent_id,
    body: row.body,
    replyCount: row.reply_count,
    edited: row.edited,
    deleted: row.deleted,
    createTime: row.create_time,
    updateTime: row.update_time,
  };
}

function toSummary(id: string, row: SummaryColumns) {
  if (row.handle === null) return null;
  return {
    id,
    handle: row.handle,
    displayName: row.display_name,
    avatarImageId: row.avatar_image_id,
  };
}
