import assert from "node:assert";
import type { Asker } from "@triptych/chassis/identity/asker";
import { newIdIn } from "@triptych/chassis/ids/new-id";
import { type Page, type PageQuery, toPage } from "@triptych/chassis/validation/page";
import { type Comment, etagOf, isEditWindowOver, toUnplaced, withBody } from "./comment.ts";
import type { CommentDeletion, CommentEdit, NewComment } from "./comment-changes.ts";
import type { CommentQuery, CommentRepository } from "./comment-repository.ts";
import type { CommentTransaction } from "./comment-transaction.ts";
import type { ImageFacts, ImageLookup } from "./image-lookup.ts";
import {
  commentNotFound,
  commentsClosed,
  editWindowOver,
  etagMismatch,
  imageNotFound,
  notCommentAuthor,
  parentNotFound,
} from "./reasons.ts";
import { findReplyFailure, removeComment } from "./thread.ts";

/**
 * The rules of comments: one method for each of the contract's. All but the counts first call
 * images: may the asker see the image? They throw DEPENDENCY_UNAVAILABLE if it cannot be called.
 */
export interface Comments {
  /** @throws Failure IMAGE_NOT_FOUND, COMMENTS_CLOSED, PARENT_NOT_FOUND, TOO_DEEP */
  createComment(newComment: NewComment, asker: Asker): Promise<Comment>;

  /** @throws Failure COMMENT_NOT_FOUND */
  getComment(id: string, asker: Asker): Promise<Comment>;

  /** @throws Failure IMAGE_NOT_FOUND */
  listComments(query: CommentQuery, asker: Asker): Promise<Page<Comment>>;

  /** Lists a page for each query, in their order. An image that is not found has none. */
  batchListComments(
    queries: readonly CommentQuery[],
    asker: Asker,
  ): Promise<readonly (Page<Comment> | undefined)[]>;

  /** @throws Failure COMMENT_NOT_FOUND */
  listReplies(query: RepliesQuery, asker: Asker): Promise<Page<Comment>>;

  /** @throws Failure COMMENT_NOT_FOUND, NOT_COMMENT_AUTHOR, EDIT_WINDOW_OVER, ETAG_MISMATCH */
  updateComment(edit: CommentEdit, asker: Asker): Promise<Comment>;

  /**
   * Returns the image whose count the deletion changed.
   *
   * @throws Failure COMMENT_NOT_FOUND, NOT_COMMENT_AUTHOR, ETAG_MISMATCH
   */
  deleteComment(deletion: CommentDeletion, asker: Asker): Promise<{ readonly imageId: string }>;

  /**
   * Counts comments, and does not check who may see the images: the caller does. An image
   * without comments counts 0.
   */
  batchGetCommentCounts(
    imageIds: readonly string[],
    asker: Asker,
  ): Promise<ReadonlyMap<string, number>>;
}

/** A page of the replies to a comment, whose image the caller does not know. */
export interface RepliesQuery extends PageQuery {
  readonly commentId: string;
}

/** The parts that the rules need. */
export interface CommentsDependencies {
  readonly repository: CommentRepository;
  readonly images: ImageLookup;
  /** The current time. */
  readonly clock: () => Date;
}

/** See {@link Comments}. */
export function createComments({ repository, images, clock }: CommentsDependencies): Comments {
  async function getImage(id: string, asker: Asker): Promise<ImageFacts> {
    const image = await images.findImage(id, asker);
    if (image === undefined) throw imageNotFound(id);
    return image;
  }

  /**
   * Gets a comment and its image. A comment on an image that the asker may not see is refused as
   * one that does not exist.
   */
  async function getCommentAndImage(id: string, asker: Asker) {
    const comment = await repository.findComment(id, asker.signal);
    if (comment === undefined) throw commentNotFound(id);
    const image = await images.findImage(comment.imageId, asker);
    if (image === undefined) throw commentNotFound(id);
    return { comment, image };
  }

  /** Lists the pages of images that the asker may see. */
  async function listPages(
    queries: readonly CommentQuery[],
    { signal }: Asker,
  ): Promise<readonly Page<Comment>[]> {
    const oneMore = queries.map((query) => ({ ...query, limit: query.limit + 1 }));
    const pages = await repository.listComments(oneMore, signal);
    return queries.map(({ limit }, index) => toPage(pages[index] ?? [], limit));
  }

  return {
    async createComment(newComment, asker) {
      const { imageId } = newComment;
      const image = await getImage(imageId, asker);
      if (!image.commentsOpen) throw commentsClosed(imageId);
      const unplaced = toUnplaced({ ...newComment, id: newIdIn(imageId) }, clock());
      const insertion = await repository.insertComment(unplaced, asker.signal);
      if (insertion.inserted) return { ...unplaced, depth: insertion.depth };
      const { parentId } = newComment;
      assert(parentId !== undefined, "only a reply can be refused for its parent");
      throw findReplyFailure(parentId, insertion.parent) ?? parentNotFound(parentId);
    },

    async getComment(id, asker) {
      const { comment } = await getCommentAndImage(id, asker);
      return comment;
    },

    async listComments(query, asker) {
      await getImage(query.imageId, asker);
      const [page] = await listPages([query], asker);
      assert(page, "one page was asked for");
      return page;
    },

    async batchListComments(queries, asker) {
      const imageIds = [...new Set(queries.map(({ imageId }) => imageId))];
      const found = await Promise.all(imageIds.map((id) => images.findImage(id, asker)));
      const visible = new Set(imageIds.filter((_, index) => found[index] !== undefined));
      const allowed = queries.filter(({ imageId }) => visible.has(imageId));
      if (allowed.length === 0) return queries.map(() => undefined);
      const pages = await listPages(allowed, asker);
      const byQuery = new Map(allowed.map((query, index) => [query, pages[index]]));
      return queries.map((query) => byQuery.get(query));
    },

    async listReplies(query, asker) {
      const { comment } = await getCommentAndImage(query.commentId, asker);
      const { imageId, id: parentId } = comment;
      const oneMore = { ...query, imageId, parentId, limit: query.limit + 1 };
      return toPage(await repository.listReplies(oneMore, asker.signal), query.limit);
    },

    async updateComment(edit, asker) {
      const { comment } = await getCommentAndImage(edit.id, asker);
      const change = async (comments: CommentTransaction) => {
        const locked = await lockLiveComment(comments, edit.id);
        const now = clock();
        if (locked.authorId !== edit.userId) throw notCommentAuthor(edit.id);
        if (isEditWindowOver(locked, now)) throw editWindowOver(edit.id);
        checkEtag(locked, edit.etag);
        const edited = withBody(locked, edit.body, now);
        await comments.updateComment(edited);
        return edited;
      };
      return await repository.changeComments(comment.imageId, change, asker.signal);
    },

    async deleteComment(deletion, asker) {
      const { comment, image } = await getCommentAndImage(deletion.id, asker);
      const { imageId } = comment;
      const change = async (comments: CommentTransaction) => {
        const locked = await lockLiveComment(comments, deletion.id);
        if (![locked.authorId, image.ownerId].includes(deletion.userId)) {
          throw notCommentAuthor(deletion.id);
        }
        checkEtag(locked, deletion.etag);
        await removeComment(comments, locked, clock());
      };
      await repository.changeComments(imageId, change, asker.signal);
      return { imageId };
    },

    async batchGetCommentCounts(imageIds, asker) {
      const distinctIds = [...new Set(imageIds)];
      const counts = await repository.countComments(distinctIds, asker.signal);
      return new Map(distinctIds.map((id) => [id, counts.get(id) ?? 0]));
    },
  };
}

/** Locks a comment for a change. A tombstone can be read, and not be changed. */
async function lockLiveComment(comments: CommentTransaction, id: string): Promise<Comment> {
  const comment = await comments.lockComment(id);
  if (comment === undefined || comment.deleted) throw commentNotFound(id);
  return comment;
}

function checkEtag(comment: Comment, etag: string | undefined): void {
  if (etag !== undefined && etag !== etagOf(comment)) throw etagMismatch(comment.id);
}
