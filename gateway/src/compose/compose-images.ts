import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import type { Image as ImageMessage } from "@triptych/protos/images/v1/image_pb";
import type { Clients } from "#clients/clients.ts";
import type { Degraded } from "#schemas/degraded.ts";
import type { Image } from "#schemas/images.ts";
import { createDegradation, type Degradation } from "./degradation.ts";
import { toImage } from "./image-view.ts";
import { findSummaries, USER_DECORATION } from "./user-summaries.ts";

/** The calls that decorate an answer with images, made at the same time. */
export const IMAGE_DECORATIONS = [USER_DECORATION, CommentService.method.batchGetCommentCounts];

/** Images with their owners and comment counts, and what is missing of that. */
export interface ComposedImages {
  readonly images: Image[];
  /** The members to spread into the answer: `degraded`, or none. */
  readonly members: { readonly degraded?: Degraded[] };
}

/**
 * Adds the owners, from users, and the comment counts, from comments, to images that the caller may
 * see. Both services are called at the same time, each once.
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

/** Adds the owner and the comment count to a single image. */
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

/** Counts the comments of images. An image without a known count is left out. */
async function countComments(
  { comments }: Pick<Clients, "comments">,
  imageIds: readonly string[],
  { context, degradation }: { readonly context: CallContext; readonly degradation: Degradation },
): Promise<ReadonlyMap<string, number>> {
  if (imageIds.length === 0) return new Map();
  const { answer, unknown } = await degradation.request("comments", imageIds, (options) =>
    comments.batchGetCommentCounts({ imageIds: [...imageIds] }, context, options),
  );
  const counts = new Map(answer?.counts.map(({ imageId, count }) => [imageId, count]));
  // comments has no row for an image without comments: its count is 0.
  const known = imageIds.filter((id) => !unknown.has(id));
  return new Map(known.map((id) => [id, counts.get(id) ?? 0]));
}
