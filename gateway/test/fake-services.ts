import type { DescService } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { status } from "@grpc/grpc-js";
import { RpcError } from "@triptych/chassis/contract/rpc-error";
import { createAuthenticator } from "@triptych/chassis/identity/authenticate";
import type { Jwks } from "@triptych/chassis/identity/keys";
import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import type { Router } from "@triptych/chassis/rpc/server/router";
import { quietRouter } from "@triptych/chassis/testing/quiet-router";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageState, VariantName, Visibility } from "@triptych/protos/images/v1/image_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";

/** The handlers of the three services in a test. A method without a handler must not be called. */
export interface FakeHandlers {
  readonly users?: Partial<Handlers<typeof UserService>>;
  readonly images?: Partial<Handlers<typeof ImageService>>;
  readonly comments?: Partial<Handlers<typeof CommentService>>;
}

export const ADA = "019aaf3e-6c2b-7cc0-8a44-000000000001";
export const BOB = "019aaf3e-6c2b-7cc0-8a44-000000000002";
export const IMAGE = "019aaf3e-6c2b-7cc0-8a44-0000000000a1";
export const COMMENT = "019aaf3e-6c2b-7cc0-8a44-0000000000c1";
export const SESSION = "019aaf3e-6c2b-7cc0-8a44-0000000000d1";
const TIME = timestampFromDate(new Date("2026-11-22T10:00:00Z"));

/** A user as users returns it. */
export function userMessage(id = ADA, handle = "ada") {
  return {
    id,
    handle,
    displayName: `The ${handle}`,
    bio: "",
    createTime: TIME,
    updateTime: TIME,
    etag: "1",
  };
}

/** An image as images returns it. */
export function imageMessage(id = IMAGE) {
  return {
    id,
    ownerId: ADA,
    title: "Harbour",
    tags: ["sea"],
    visibility: Visibility.PUBLIC,
    commentsOpen: true,
    state: ImageState.READY as ImageState,
    width: 4000,
    height: 3000,
    contentType: "image/jpeg",
    sizeBytes: 123,
    placeholder: new Uint8Array([1, 2, 3]),
    variants: [
      {
        name: VariantName.LARGE,
        width: 2048,
        height: 1536,
        contentType: "image/webp",
        sizeBytes: 50,
        version: "abc123",
      },
    ],
    likeCount: 2,
    createTime: TIME,
    updateTime: TIME,
    etag: "3",
  };
}

/** A comment as comments returns it. */
export function commentMessage(id = COMMENT) {
  return {
    id,
    imageId: IMAGE,
    authorId: BOB,
    body: "What a light!",
    createTime: TIME,
    updateTime: TIME,
    etag: "1",
    depth: 1,
  };
}

/** Creates the error of a service for a reason. */
export function refusal(reason: string, code = status.FAILED_PRECONDITION, details = {}): RpcError {
  return new RpcError(code, `Because of ${reason}.`, { reason, domain: "test", ...details });
}

const unexpected: ProxyHandler<object> = {
  get: (handlers, name) =>
    Reflect.get(handlers, name) ??
    (async () => {
      throw new RpcError(status.UNIMPLEMENTED, `${String(name)} was not expected`);
    }),
};

/**
 * Creates a router for each service. A handler is looked up at each call, so a test may replace it.
 * The health check of `notServing` fails.
 */
export function createFakeRouters(
  handlers: Required<FakeHandlers>,
  jwks: Jwks,
  notServing?: keyof FakeHandlers,
): Record<keyof FakeHandlers, Router> {
  const route = (name: keyof FakeHandlers, service: DescService): Router =>
    quietRouter(
      [
        {
          service,
          handlers: new Proxy(handlers[name], unexpected) as Handlers<DescService>,
          errorDomain: "test",
          reasonStatus: {},
        },
      ],
      createAuthenticator(jwks),
      name === notServing ? { probe: () => Promise.reject(new Error("not serving")) } : {},
    );
  return {
    users: route("users", UserService),
    images: route("images", ImageService),
    comments: route("comments", CommentService),
  };
}
