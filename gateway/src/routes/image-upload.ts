import multipart from "@fastify/multipart";
import { cancelled } from "@triptych/chassis/contract/cancellation";
import { streamLimitsOf } from "@triptych/chassis/contract/method-policy";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { Image as ImageMessage } from "@triptych/protos/images/v1/image_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { Clients } from "#clients/clients.ts";
import { composeImage, IMAGE_DECORATIONS } from "#compose/compose-images.ts";
import { VISIBILITIES } from "#compose/image-view.ts";
import { ClientPace } from "#content/client-pace.ts";
import { fileTooLarge, type OpenImageForm, openImageForm } from "#content/image-form.ts";
import { contextOf, requireUser } from "#guard/calls.ts";
import type { FairPlaces } from "#guard/fair-places.ts";
import { waitsFor } from "#guard/route-calls.ts";
import type { ApiServer } from "#http/api-server.ts";
import { sendResource } from "#http/send-resource.ts";
import { problems, SIGNED_IN } from "#openapi/answers.ts";
import { type ImageForm, ImageReference, ImageUpload } from "#schemas/images.ts";
import { TAG_COUNT_MAX, UPLOAD_BYTES_MAX } from "#schemas/limits.ts";

/** The bytes of a form besides the file's: text fields, boundaries, headers. */
const FORM_OVERHEAD_BYTES_MAX = 1024 * 1024;
/** All tags and other fields, and as many wrong ones again, which are named in the answer. */
const PARTS_MAX = 2 * (TAG_COUNT_MAX + 4);
const PART_HEADERS_MAX = 16;
const LIMITS = streamLimitsOf(ImageService.method.createImage);

/**
 * Adds the route of uploads. The form goes to images as it comes; the file is never held here.
 * Fields may stand before the file or behind it, since browsers and curl send them in any order.
 * The stream's last message has those behind it: images writes the whole image then, and once.
 */
export async function imageUploadRoutes(
  server: ApiServer,
  { places, ...clients }: Clients & { readonly places: FairPlaces },
): Promise<void> {
  server.removeAllContentTypeParsers();
  await server.register(multipart, {
    throwFileSizeLimit: false, // image-form.ts checks, and throws TOO_LARGE
    isPartAFile: () => true,
    limits: {
      fileSize: UPLOAD_BYTES_MAX,
      files: PARTS_MAX,
      parts: PARTS_MAX,
      headerPairs: PART_HEADERS_MAX,
    },
  });

  server.post(
    "/v1/images",
    {
      config: waitsFor(ImageService.method.createImage, IMAGE_DECORATIONS),
      onRequest: [
        requireUser,
        async ({ headers }) => {
          const declared = Number(headers["content-length"] ?? 0);
          if (declared > UPLOAD_BYTES_MAX + FORM_OVERHEAD_BYTES_MAX) throw fileTooLarge();
        },
      ],
      preHandler: [...places.forUpload],
      schema: {
        operationId: "createImage",
        tags: ["images"],
        summary: "Upload an image",
        description:
          "JPEG, PNG, WebP, AVIF or GIF by its bytes. No metadata of it reaches a public byte. `tags` may be repeated.",
        security: SIGNED_IN,
        consumes: ["multipart/form-data"],
        body: ImageUpload,
        response: {
          201: ImageReference,
          ...problems(
            "MALFORMED_MULTIPART",
            "REQUEST_TIMEOUT",
            "TOO_LARGE",
            "NOT_AN_IMAGE",
            "UNSUPPORTED_MEDIA_TYPE",
            "TOO_MANY_PIXELS",
            "TOO_MANY_UPLOADS",
            "UPLOADS_OVERLOADED",
            "STORAGE_FULL",
            "READ_ONLY",
          ),
        },
      },
      // The body is a stream: image-form.ts validates what it reads.
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      const context = contextOf(request);
      const pace = new ClientPace(request.raw.socket, LIMITS);
      const form = await pace.wait(openImageForm(request));
      const image = await sendForm(clients, form, { context, pace });
      const body = await composeImage(clients, image, context);
      reply.header("location", `/v1/images/${image.id}`);
      return sendResource(request, reply, { status: 201, version: image.etag, body });
    },
  );
}

/**
 * Sends the fields before the file, its bytes, and the fields behind it. If the form turns out to
 * be wrong, or the client is too slow or leaves, the call is cancelled: that leaves nothing behind,
 * and no breaker counts it against images.
 */
async function sendForm(
  { images }: Pick<Clients, "images">,
  form: OpenImageForm,
  { context, pace }: { readonly context: CallContext; readonly pace: ClientPace },
): Promise<ImageMessage> {
  let refusal: unknown;
  async function* messages() {
    yield { part: { case: "header" as const, value: toFields(form.before) } };
    let sizeBytes = 0;
    try {
      for await (const value of pace.each(form.bytes())) {
        sizeBytes += value.length;
        yield { part: { case: "chunk" as const, value } };
      }
    } catch (thrown) {
      refusal = thrown;
      throw cancelled();
    }
    yield { part: { case: "end" as const, value: { sizeBytes, ...toFields(form.after()) } } };
  }

  try {
    return await images.createImage(messages(), context);
  } catch (thrown) {
    throw refusal ?? thrown;
  }
}

function toFields({ visibility, ...texts }: ImageForm) {
  return { ...texts, visibility: visibility && VISIBILITIES[visibility] };
}
