import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import type { Image as ImageMessage } from "@triptych/protos/images/v1/image_pb";
import type { ListImagesResponse } from "@triptych/protos/images/v1/image_service_pb";
import type { Clients } from "#clients/clients.ts";
import type { Degraded } from "#schemas/degraded.ts";
import type { Image } from "#schemas/images.ts";
import { createDegradation, type Degradation } from "./degradation.ts";
import { toImage } from "./image-view.ts";
import { ItemTexts, toPageText } from "./item-texts.ts";
import { findSummaries, type Summaries, summaryText, USER_DECORATION } from "./user-summaries.ts";

/** The calls that decorate an answer with images, made at the same time. */
export const IMAGE_DECORATIONS = [USER_DECORATION, CommentService.method.batchGetCommentCounts];

type DecorationClients = Pick<Clients, "users" | "comments">;

/** What other services know of images, and what is missing of that. */
interface Decorations {
  readonly owners: Summaries;
  readonly counts: ReadonlyMap<string, number>;
  /** The members to spread into the answer: `degraded`, or none. */
  readonly members: { readonly degraded?: Degraded[] };
}

const UNDECORATED = { owner: null, commentCount: null } as const;
const MEMBERS = ["owner", "commentCount"];
const TEXTS = {
  anonymous: new ItemTexts<ImageMessage>(MEMBERS, (message) =>
    toImage(message, { ...UNDECORATED, signedIn: false }),
  ),
  user: new ItemTexts<ImageMessage>(MEMBERS, (message) =>
    toImage(message, { ...UNDECORATED, signedIn: true }),
  ),
} as const;

/**
 * Writes a page of images that the caller may see, as JSON, with their owners, from users, and
 * their comment counts, from comments.
 */
export async function composeImagePage(
  clients: DecorationClients,
  { images, nextPageToken }: Pick<ListImagesResponse, "images" | "nextPageToken">,
  context: CallContext,
): Promise<string> {
  const { owners, counts, members } = await findDecorations(clients, images, context);
  const texts = TEXTS[context.caller.kind];
  const items = images.map((message) =>
    texts.fill(message, [
      summaryText(owners.known.get(message.ownerId)),
      String(counts.get(message.id) ?? null),
    ]),
  );
  return toPageText("images", { items, nextPageToken, members });
}

/** Adds the owner and the comment count to a single image. */
export async function composeImage(
  clients: DecorationClients,
  message: ImageMessage,
  context: CallContext,
): Promise<Image> {
  const { owners, counts, members } = await findDecorations(clients, [message], context);
  const image = toImage(message, {
    owner: owners.known.get(message.ownerId) ?? null,
    commentCount: counts.get(message.id) ?? null,
    signedIn: context.caller.kind === "user",
  });
  return Object.assign(image, members); // the image was made here, and nobody else holds it
}

/** Calls users and comments at the same time, each once. */
async function findDecorations(
  clients: DecorationClients,
  messages: readonly ImageMessage[],
  context: CallContext,
): Promise<Decorations> {
  const degradation = createDegradation();
  const ownerIds = messages.map(({ ownerId }) => ownerId);
  const imageIds = messages.map(({ id }) => id);
  const [owners, counts] = await Promise.all([
    findSummaries(clients, ownerIds, { context, degradation }),
    countComments(clients, imageIds, { context, degradation }),
  ]);
  return { owners, counts, members: degradation.members() };
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
