import { create } from "@bufbuild/protobuf";
import { newId } from "@triptych/chassis/ids/new-id";
import type { WarmUpCall } from "@triptych/chassis/rpc/server/warm-up";
import {
  BatchGetImagesRequestSchema,
  GetImageFactsRequestSchema,
  ImageService,
  ListImagesRequestSchema,
} from "@triptych/protos/images/v1/image_service_pb";

const { batchGetImages, getImageFacts, listImages } = ImageService.method;

/** The calls that the service makes to itself before it is ready: reads of its own database. */
export const WARM_UP_CALLS: readonly WarmUpCall[] = [
  { method: batchGetImages, message: create(BatchGetImagesRequestSchema, { ids: [newId()] }) },
  { method: listImages, message: create(ListImagesRequestSchema) },
  { method: getImageFacts, message: create(GetImageFactsRequestSchema, { id: newId() }) },
];
