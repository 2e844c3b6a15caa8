import { create } from "@bufbuild/protobuf";
import { newId } from "@triptych/chassis/ids/new-id";
import type { WarmUpCall } from "@triptych/chassis/rpc/server/warm-up";
import {
  BatchGetCommentCountsRequestSchema,
  CommentService,
  GetCommentRequestSchema,
} from "@triptych/protos/comments/v1/comment_service_pb";

const { batchGetCommentCounts, getComment } = CommentService.method;

/**
 * The calls that the service makes to itself before it is ready: reads of its own database. A list
 * would ask images who may see it.
 */
export const WARM_UP_CALLS: readonly WarmUpCall[] = [
  {
    method: batchGetCommentCounts,
    message: create(BatchGetCommentCountsRequestSchema, { imageIds: [newId()] }),
  },
  { method: getComment, message: create(GetCommentRequestSchema, { id: newId() }) },
];
