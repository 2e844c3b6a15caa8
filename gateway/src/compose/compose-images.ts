import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { Image as ImageMessage } from "@triptych/protos/images/v1/image_pb";
import type { Degraded } from "#schemas/degraded.ts";
import type { Image } from "#schemas/images.ts";
import { createDegradation } from "./degradation.ts";
import { toImage } from "./image-view.ts";
import type { Sources } from "./sources.ts";
import { findSummaries } from "./user-summaries.ts";

/** Images with their owners and comment counts, and what of that could not be had. */
export interface ComposedImages {
  readonly images: Image[];
  /** Spread it into the answer. */
  readonly members: { readonly degraded?: Degraded[] };
}

/** Asks users for the owners and comments for the counts, at the same time, of images that the caller may see. */
export async function composeImages(
  sources: Pick<Sources, "users" | "comments">,
  messages: readonly ImageMessage[],
  context: CallContext,
): Promise<ComposedImages> {
  const degradation = createDegradation();
  const owners = messages.map(({ ownerId }) => ownerId);
  const imageIds = messages.map(({ id }) => id);
  const [summaries, counts] = await Promise.all([
    findSummaries(sources, owners, { context, degradation }),
    degradation.orAbsent("comments", countComments(sources, imageIds, context)),
  ]);
  const signedIn = context.caller.kind === "user";
  const images = messages.map((message) =>
    toImage(message, {
      owner: summaries?.get(message.ownerId) ?? null,
      commentCount: counts === undefined ? null : (counts.get(message.id) ?? 0),
      signedIn,
    }),
  );
  return { images, members: degradation.members() };
}

/** Composes a single image. */
export async function composeImage(
  sources: Pick<Sources, "users" | "comments">,
  message: ImageMessage,
  context: CallContext,
): Promise<Image> {
  const { images, members } = await composeImages(sources, [message], context);
  const [image] = images;
  if (image === undefined) throw new Error("one image was composed and none came back");
  return { ...image, ...members };
}

async function countComments(
  { comments }: Pick<Sources, "comments">,
  imageIds: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, number>> {
  if (imageIds.length === 0) return new Map();
  const { counts } = await comments.batchGetCommentCounts({ imageIds: [...imageIds] }, context);
  return new Map(counts.map(({ imageId, count }) => [imageId, count]));
}
