import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { Clients } from "#clients/clients.ts";
import { composeImage, composeImagePage, IMAGE_DECORATIONS } from "#compose/compose-images.ts";
import { VISIBILITIES } from "#compose/image-view.ts";
import { writeCondition } from "#conditions/write-condition.ts";
import { contextOf, requireUser } from "#guard/calls.ts";
import { waitsFor } from "#guard/route-calls.ts";
import type { ApiServer } from "#http/api-server.ts";
import { changedPaths } from "#http/changed-paths.ts";
import { sendPage } from "#http/send-page.ts";
import { sendResource } from "#http/send-resource.ts";
import { JSON_PROBLEMS, NOT_MODIFIED, NoContent, problems, SIGNED_IN } from "#openapi/answers.ts";
import { IdParameters } from "#schemas/identifier.ts";
import { ImageChange, ImagePage, ImageQuery, ImageReference } from "#schemas/images.ts";
import { pageOf } from "#schemas/page.ts";

/** Adds the routes of images, but for their bytes and their likes. */
export function imageRoutes(server: ApiServer, dependencies: Clients): void {
  imageReadRoutes(server, dependencies);
  imageWriteRoutes(server, dependencies);
}

function imageReadRoutes(server: ApiServer, clients: Clients): void {
  const { images } = clients;

  server.get(
    "/v1/images",
    {
      config: waitsFor(ImageService.method.listImages, IMAGE_DECORATIONS),
      schema: {
        operationId: "listImages",
        tags: ["images"],
        summary: "List public images and one's own, newest first",
        querystring: ImageQuery,
        response: { 200: ImagePage, ...problems() },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const { owner: ownerId, tag } = request.query;
      const page = await images.listImages({ ownerId, tag, ...pageOf(request.query) }, context);
      return sendPage(reply, await composeImagePage(clients, page, context));
    },
  );

  server.get(
    "/v1/images/:id",
    {
      config: waitsFor(ImageService.method.getImage, IMAGE_DECORATIONS),
      schema: {
        operationId: "getImage",
        tags: ["images"],
        summary: "Get an image",
        params: IdParameters,
        response: {
          200: ImageReference,
          ...NOT_MODIFIED,
          ...problems("IMAGE_NOT_FOUND", "ETAG_MISMATCH"),
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const image = await images.getImage({ id: request.params.id }, context);
      const body = await composeImage(clients, image, context);
      return sendResource(request, reply, { version: image.etag, body });
    },
  );
}

function imageWriteRoutes(server: ApiServer, clients: Clients): void {
  const { images } = clients;

  server.patch(
    "/v1/images/:id",
    {
      config: waitsFor(
        ImageService.method.updateImage,
        ImageService.method.getImage,
        IMAGE_DECORATIONS,
      ),
      onRequest: requireUser,
      schema: {
        operationId: "updateImage",
        tags: ["images"],
        summary: "Change an image of one's own",
        description: "Changes only the given members. Honours `If-Match`.",
        security: SIGNED_IN,
        params: IdParameters,
        body: ImageChange,
        response: {
          200: ImageReference,
          ...problems(
            ...JSON_PROBLEMS,
            "IMAGE_NOT_FOUND",
            "NOT_IMAGE_OWNER",
            "ETAG_MISMATCH",
            "READ_ONLY",
          ),
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const { id } = request.params;
      const etag = await writeCondition(request, () => images.getImage({ id }, context));
      const { visibility, ...members } = request.body;
      const image = await images.updateImage(
        {
          image: {
            id,
            etag,
            ...members,
            visibility: visibility === undefined ? undefined : VISIBILITIES[visibility],
          },
          updateMask: { paths: changedPaths(request.body) },
        },
        context,
      );
      const body = await composeImage(clients, image, context);
      return sendResource(request, reply, { version: image.etag, body });
    },
  );

  server.delete(
    "/v1/images/:id",
    {
      config: waitsFor(ImageService.method.deleteImage, ImageService.method.getImage),
      onRequest: requireUser,
      schema: {
        operationId: "deleteImage",
        tags: ["images"],
        summary: "Delete an image of one's own",
        description: "Honours `If-Match`.",
        security: SIGNED_IN,
        params: IdParameters,
        response: {
          204: NoContent,
          ...problems("IMAGE_NOT_FOUND", "NOT_IMAGE_OWNER", "ETAG_MISMATCH", "READ_ONLY"),
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const { id } = request.params;
      const etag = await writeCondition(request, () => images.getImage({ id }, context));
      await images.deleteImage({ id, etag }, context);
      return reply.code(204).send();
    },
  );
}
