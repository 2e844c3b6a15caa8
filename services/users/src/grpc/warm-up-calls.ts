import { create } from "@bufbuild/protobuf";
import { newId } from "@triptych/chassis/ids/new-id";
import type { WarmUpCall } from "@triptych/chassis/rpc/server/warm-up";
import {
  BatchGetUsersRequestSchema,
  GetUserRequestSchema,
  ListUsersRequestSchema,
  UserService,
} from "@triptych/protos/users/v1/user_service_pb";

const { batchGetUsers, getUser, listUsers } = UserService.method;

/** The calls that the service makes to itself before it is ready: reads of its own database. */
export const WARM_UP_CALLS: readonly WarmUpCall[] = [
  { method: batchGetUsers, message: create(BatchGetUsersRequestSchema, { ids: [newId()] }) },
  { method: listUsers, message: create(ListUsersRequestSchema, { query: "warm-up" }) },
  { method: getUser, message: create(GetUserRequestSchema, { id: newId() }) },
];
