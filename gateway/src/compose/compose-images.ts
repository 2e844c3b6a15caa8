import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import type { Image as ImageMessage } from "@triptych/protos/images/v1/image_pb";
import type { Clients } from "#clients/clients.ts";
import type { Degraded } from "#schemas/degraded.ts";
import type { Image } from "#schemas/images.ts";
import { createDegradation, type Degradation } from "./degradation.ts";
import { toImage } from "./image-view.ts";
import { findSummaries, USER_DECORATION } from "./user-summaries.ts";

/** What an answer with images asks besides. */
export const IMAGE_DECORATIONS = [USER_DECORATION, CommentService.method.batchGetCommentCounts];

/** Images with their owners and comment counts, and what of that could not be had. */
export interface ComposedImages {
  readonly images: Image[];
  /** Spread it into the answer. */
  readonly members: { readonly degraded?: Degraded[] };
}

/**
 * Asks users for the owners and comments for the counts, at the same time, of images that the
 * caller may see.
 */
export async function composeImages(
  clients: Pick<Clients, "users" | "comments">,
  messages: readonly ImageMessage[],
  context: CallContext,
): Promise<ComposedImages> {
  const degradation = createDegradation();
  const owners = messages.map(({ ownerId }) => ownerId);
  const imageIds = messages.map(({ id }) => id);
  const [summaries, counts] = await Promise.all([
    findSummaries(clients, owners, { context, degradation }),
    countComments(clients, imageIds, { context, degradation }),
  ]);
  const signedIn = context.caller.kind === "user";
  const images = messages.map((message) =>
    toImage(message, {
      owner: summaries.known.get(message.ownerId) ?? null,
      commentCount: counts.get(message.id) ?? null,
      signedIn,
    }),
  );
  return { images, members: degradation.members() };
}

/** Composes a single image. */
export async function composeImage(
  clients: Pick<Clients, "users" | "comments">,
  message: ImageMessage,
  context: CallContext,
): Promise<Image> {
  const { images, members } = await composeImages(clients, [message], context);
  const [image] = images;
  if (image === undefined) throw new Error("one image was composed and none came back");
  return Object.assign(image, members); // the image was made here, and nobody else holds it
}

/** Counts the comments of images. An image whose count is not known is left out. */
async function countComments(
  { comments }: Pick<Clients, "comments">,
  imageIds: readonly string[],
  { context, degradation }: { readonly context: CallContext; readonly degradation: Degradation },
): Promise<ReadonlyMap<string, number>> {
  if (imageIds.length === 0) return new Map();
  const { answer, unknown } = await degradation.ask("comments", imageIds, (options) =>
    comments.batchGetCommentCounts({ imageIds: [...imageIds] }, context, options),
  );
  const counts = new Map(answer?.counts.map(({ imageId, count }) => [imageId, count]));
  // Of an image that nobody has commented on yet, comments has no row.
  const known = imageIds.filter((id) => !unknown.has(id));
  return new Map(known.map((id) => [id, counts.get(id) ?? 0]));
}
