import { type FieldReader, readFields } from "@triptych/chassis/validation/field-reader";
import type { PagedList } from "@triptych/chassis/validation/page";
import { trimBlanks } from "@triptych/chassis/validation/text-form";
import { Visibility as VisibilityCode } from "@triptych/protos/images/v1/image_pb";
import type {
  BatchGetImagesRequest,
  DeleteImageRequest,
  DownloadImageRequest,
  ImageHeader,
  ListImagesRequest,
  ListLikesRequest,
  UpdateImageRequest,
  UploadEnd,
} from "@triptych/protos/images/v1/image_service_pb";
import type { DownloadRequest } from "#domain/downloads/downloads.ts";
import type { ImageFields, Viewer, Visibility } from "#domain/image.ts";
import {
  findDescriptionViolation,
  findTagsViolation,
  findTagViolation,
  findTitleViolation,
  toTag,
} from "#domain/image-rules.ts";
import type { ImageTarget, ImageUpdate } from "#domain/images.ts";
import type { UploadFields } from "#domain/uploads.ts";
import { fromVariantCode, fromVisibilityCode } from "./messages.ts";

// Each function turns a request into what the domain is asked, and throws INVALID_ARGUMENT that
// names every bad field.

/** Reads the id of a request that has no other field. */
export function readId({ id }: { readonly id: string }): string {
  return readFields((fields) => fields.id("id", id));
}

/** Reads the ids of a batch. */
export function readBatchGetImages({ ids }: Pick<BatchGetImagesRequest, "ids">): readonly string[] {
  return readFields((fields) => ids.map((id, index) => fields.id(`ids[${index}]`, id)));
}

/** Reads a list and its page. */
export function readListImages(request: ListImagesRequest, viewer: Viewer) {
  return readFields((fields) => {
    const ownerId =
      request.ownerId === undefined ? undefined : fields.id("owner_id", request.ownerId);
    const tag = request.tag === undefined ? undefined : readTag(fields, "tag", request.tag);
    const query = ["ListImages", ownerId ?? "", tag ?? "", viewer ?? ""] as const;
    const list: PagedList = { query, kinds: ["id"] };
    const { after, limit } = fields.page(request, list);
    return { list, query: { ownerId, tag, after: after && String(after[0]), limit } };
  });
}

/** Reads a list and its page. */
export function readListLikes(request: ListLikesRequest) {
  return readFields((fields) => {
    const imageId = fields.id("image_id", request.imageId);
    const list: PagedList = { query: ["ListLikes", imageId], kinds: ["time", "id"] };
    const { after: position, limit } = fields.page(request, list);
    const after = position && {
      createTime: new Date(String(position[0])),
      userId: String(position[1]),
    };
    return { list, query: { imageId, after, limit } };
  });
}

/** Reads a request for the bytes of an image. */
export function readDownloadImage({ id, variant, range }: DownloadImageRequest): DownloadRequest {
  return readFields((fields) => {
    const name = fromVariantCode(variant);
    if (name === undefined) fields.refuse("variant", "is not one that there is");
    const { first, last } = range ?? {};
    if (first !== undefined && last !== undefined && last < first) {
      fields.refuse("range.last", "must not be before range.first");
    }
    return {
      id: fields.id("id", id),
      variant: name ?? "original",
      range: range && { first, last },
    };
  });
}

/**
 * Reads the fields of an upload: those of its header and, once the end has arrived, of both. A
 * field of the end replaces the header's; its tags follow the header's.
 */
export function readUploadFields(header: ImageHeader, end?: UploadEnd): UploadFields {
  const visibility = end?.visibility || header.visibility;
  return readFields((fields) => ({
    title: readTitle(fields, "title", end?.title ?? header.title),
    description: fields.checked(
      "description",
      end?.description ?? header.description,
      findDescriptionViolation,
    ),
    tags: readTags(fields, "tags", [...header.tags, ...(end?.tags ?? [])]),
    visibility:
      visibility === VisibilityCode.UNSPECIFIED
        ? undefined
        : readVisibility(fields, "visibility", visibility),
  }));
}

type Updated = NonNullable<UpdateImageRequest["image"]>;

/** For each path that an update's mask may name, the function that reads the new value. */
const UPDATABLE_FIELDS = {
  title: (fields, { title }) => ({ title: readTitle(fields, "image.title", title) }),
  description: (fields, { description }) => ({
    description: fields.checked("image.description", description, findDescriptionViolation),
  }),
  tags: (fields, { tags }) => ({ tags: readTags(fields, "image.tags", tags) }),
  visibility: (fields, { visibility }) => ({
    visibility: readVisibility(fields, "image.visibility", visibility),
  }),
  comments_open: (_, { commentsOpen }) => ({ commentsOpen }),
} as const satisfies Record<string, (fields: FieldReader, image: Updated) => Partial<ImageFields>>;

/** Reads the change that the user wants to make. */
export function readUpdateImage(
  { image, updateMask }: UpdateImageRequest,
  userId: string,
): ImageUpdate {
  return readFields((fields) => ({
    userId,
    id: fields.id("image.id", image?.id ?? ""),
    etag: image?.etag || undefined,
    fields: image === undefined ? {} : readChange(fields, image, updateMask?.paths ?? []),
  }));
}

function readChange(fields: FieldReader, image: Updated, paths: readonly string[]) {
  if (paths.length === 0) fields.refuse("update_mask", "must name at least one field");
  const known = paths.filter((path) => Object.hasOwn(UPDATABLE_FIELDS, path));
  if (known.length < paths.length) {
    fields.refuse("update_mask", `must name none but ${Object.keys(UPDATABLE_FIELDS).join(", ")}`);
  }
  const changes = Object.entries(UPDATABLE_FIELDS)
    .filter(([path]) => known.includes(path))
    .map(([, read]) => read(fields, image));
  return Object.assign({}, ...changes) as Partial<ImageFields>;
}

/** Reads the deletion that the user wants to make. */
export function readDeleteImage({ id, etag }: DeleteImageRequest, userId: string): ImageTarget {
  return readFields((fields) => ({
    userId,
    id: fields.id("id", id),
    etag: etag || undefined,
  }));
}

/** Blanks around a title are not part of it. */
function readTitle(fields: FieldReader, field: string, value: string): string {
  return fields.checked(field, trimBlanks(value), findTitleViolation);
}

function readTag(fields: FieldReader, field: string, value: string): string {
  return fields.checked(field, toTag(value), findTagViolation);
}

function readTags(fields: FieldReader, field: string, values: readonly string[]): string[] {
  const tags = values.map((value, index) => readTag(fields, `${field}[${index}]`, value));
  return fields.checked(field, [...new Set(tags)], findTagsViolation);
}

function readVisibility(fields: FieldReader, field: string, code: VisibilityCode): Visibility {
  const visibility = fromVisibilityCode(code);
  if (visibility === undefined) fields.refuse(field, "must be public, unlisted or private");
  return visibility ?? "private";
}
