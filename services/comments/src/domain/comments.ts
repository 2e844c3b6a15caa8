import { newIdIn } from "@triptych/chassis/ids/new-id";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { type Page, type PageQuery, toPage } from "@triptych/chassis/validation/page";
import { type Comment, etagOf, isEditWindowOver, withBody } from "./comment.ts";
import type { CommentDeletion, CommentEdit, NewComment } from "./comment-changes.ts";
import type { CommentQuery, CommentRepository, CommentRows } from "./comment-repository.ts";
import type { ImageFacts, Images } from "./image-facts.ts";
import {
  commentNotFound,
  commentsClosed,
  editWindowOver,
  etagMismatch,
  imageNotFound,
  notCommentAuthor,
} from "./reasons.ts";
import { addComment, removeComment } from "./thread.ts";

/** What the rules work with. */
export interface CommentsDependencies {
  readonly repository: CommentRepository;
  readonly images: Images;
  /** Tells the time. */
  readonly clock: () => Date;
}

/**
 * The rules of comments. Each method of the contract is a method here. All but the counts ask first
 * whether the caller may see the image, and throw DEPENDENCY_UNAVAILABLE if that cannot be known.
 */
export class Comments {
  readonly #repository: CommentRepository;
  readonly #images: Images;
  readonly #clock: () => Date;

  constructor({ repository, images, clock }: CommentsDependencies) {
    this.#repository = repository;
    this.#images = images;
    this.#clock = clock;
  }

  /** @throws Failure IMAGE_NOT_FOUND, COMMENTS_CLOSED, PARENT_NOT_FOUND, TOO_DEEP */
  async createComment(newComment: NewComment, context: CallContext): Promise<Comment> {
    const { imageId } = newComment;
    const image = await this.#getImage(imageId, context);
    if (!image.commentsOpen) throw commentsClosed(imageId);
    const now = this.#clock();
    const unplaced = {
      ...newComment,
      id: newIdIn(imageId),
      replyCount: 0,
      edited: false,
      deleted: false,
      version: 1,
      createTime: now,
      updateTime: now,
    };
    return await this.#repository.changeComments(
      imageId,
      (rows) => addComment(rows, unplaced),
      context.signal,
    );
  }

  /** @throws Failure COMMENT_NOT_FOUND */
  async getComment(id: string, context: CallContext): Promise<Comment> {
    const { comment } = await this.#getCommentAndImage(id, context);
    return comment;
  }

  /** @throws Failure IMAGE_NOT_FOUND */
  async listComments(query: CommentQuery, context: CallContext): Promise<Page<Comment>> {
    await this.#getImage(query.imageId, context);
    const oneMore = { ...query, limit: query.limit + 1 };
    return toPage(await this.#repository.listComments(oneMore, context.signal), query.limit);
  }

  /** @throws Failure COMMENT_NOT_FOUND */
  async listReplies(
    query: PageQuery & { readonly commentId: string },
    context: CallContext,
  ): Promise<Page<Comment>> {
    const { comment } = await this.#getCommentAndImage(query.commentId, context);
    const { imageId, id: parentId } = comment;
    const oneMore = { ...query, imageId, parentId, limit: query.limit + 1 };
    return toPage(await this.#repository.listReplies(oneMore, context.signal), query.limit);
  }

  /** @throws Failure COMMENT_NOT_FOUND, NOT_COMMENT_AUTHOR, EDIT_WINDOW_OVER, ETAG_MISMATCH */
  async updateComment(edit: CommentEdit, context: CallContext): Promise<Comment> {
    const { comment } = await this.#getCommentAndImage(edit.id, context);
    const change = async (rows: CommentRows) => {
      const locked = await lockLiveComment(rows, edit.id);
      const now = this.#clock();
      if (locked.authorId !== edit.userId) throw notCommentAuthor(edit.id);
      if (isEditWindowOver(locked, now)) throw editWindowOver(edit.id);
      checkEtag(locked, edit.etag);
      const edited = withBody(locked, edit.body, now);
      await rows.updateComment(edited);
      return edited;
    };
    return await this.#repository.changeComments(comment.imageId, change, context.signal);
  }

  /**
   * Deletes a comment, and returns whose count it changed.
   *
   * @throws Failure COMMENT_NOT_FOUND, NOT_COMMENT_AUTHOR, ETAG_MISMATCH
   */
  async deleteComment(
    deletion: CommentDeletion,
    context: CallContext,
  ): Promise<{ readonly imageId: string }> {
    const { comment, image } = await this.#getCommentAndImage(deletion.id, context);
    const change = async (rows: CommentRows) => {
      const locked = await lockLiveComment(rows, deletion.id);
      if (![locked.authorId, image.ownerId].includes(deletion.userId)) {
        throw notCommentAuthor(deletion.id);
      }
      checkEtag(locked, deletion.etag);
      await removeComment(rows, locked, this.#clock());
    };
    await this.#repository.changeComments(comment.imageId, change, context.signal);
    return { imageId: comment.imageId };
  }

  /**
   * Counts without asking who may see the images: the caller answers for that. An image without
   * comments counts 0.
   */
  async batchGetCommentCounts(
    imageIds: readonly string[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, number>> {
    const distinctIds = [...new Set(imageIds)];
    const counts = await this.#repository.countComments(distinctIds, context.signal);
    return new Map(distinctIds.map((id) => [id, counts.get(id) ?? 0]));
  }

  async #getImage(id: string, context: CallContext): Promise<ImageFacts> {
    const image = await this.#images.findImage(id, context);
    if (image === undefined) throw imageNotFound(id);
    return image;
  }

  /**
   * Gets a comment that the caller may know of; of any other there is the same to be said as of
   * none.
   */
  async #getCommentAndImage(
    id: string,
    context: CallContext,
  ): Promise<{ readonly comment: Comment; readonly image: ImageFacts }> {
    const comment = await this.#repository.findComment(id, context.signal);
    if (comment === undefined) throw commentNotFound(id);
    const image = await this.#images.findImage(comment.imageId, context);
    if (image === undefined) throw commentNotFound(id);
    return { comment, image };
  }
}

/** Locks a comment to change it. A tombstone can be seen, and no longer be changed. */
async function lockLiveComment(rows: CommentRows, id: string): Promise<Comment> {
  const comment = await rows.lockComment(id);
  if (comment === undefined || comment.deleted) throw commentNotFound(id);
  return comment;
}

function checkEtag(comment: Comment, etag: string | undefined): void {
  if (etag !== undefined && etag !== etagOf(comment)) throw etagMismatch(comment.id);
}
