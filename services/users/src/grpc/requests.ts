import { type FieldReader, readFields } from "@triptych/chassis/validation/field-reader";
import type { PagedList, PageQuery } from "@triptych/chassis/validation/page";
import { trimBlanks } from "@triptych/chassis/validation/text-form";
import type { User } from "@triptych/protos/users/v1/user_pb";
import type {
  BatchGetUsersRequest,
  CreateSessionRequest,
  CreateUserRequest,
  DeleteSessionRequest,
  GetUserRequest,
  ListSessionsRequest,
  ListUsersRequest,
  UpdateUserRequest,
} from "@triptych/protos/users/v1/user_service_pb";
import {
  findBioViolation,
  findDisplayNameViolation,
  findEmailViolation,
  findHandleViolation,
  findPasswordViolation,
} from "#domain/account-rules.ts";
import type { SignUp } from "#domain/accounts.ts";
import type { ProfileUpdate } from "#domain/profiles.ts";
import type { SessionKey } from "#domain/session.ts";
import type { SignIn } from "#domain/sign-in.ts";
import { toNameKey } from "#domain/text-keys.ts";
import type { ProfileChange } from "#domain/user.ts";
import { findSearchTextViolation, type UserFilter } from "#domain/user-search.ts";

// Each function turns a request into a value of the domain, and throws INVALID_ARGUMENT that names
// every bad field by its path in the request.

/** The account to open. Blanks are part of the password, and of nothing else. */
export function readCreateUser(request: CreateUserRequest): SignUp {
  const { password } = request;
  const [handle, email] = [trimBlanks(request.handle), trimBlanks(request.email)];
  const displayName = trimBlanks(request.displayName);
  return readFields((fields) => ({
    handle: fields.checked("handle", handle, findHandleViolation),
    email: fields.checked("email", email, findEmailViolation),
    password: fields.checked("password", password, () =>
      findPasswordViolation({ handle, email, password }),
    ),
    displayName: fields.checked("display_name", displayName, findDisplayNameViolation),
  }));
}

/** The user's id. */
export function readGetUser({ id }: GetUserRequest): string {
  return readFields((fields) => fields.id("id", id));
}

/** The users' ids. */
export function readBatchGetUsers({ ids }: BatchGetUsersRequest): readonly string[] {
  return readFields((fields) => ids.map((id, index) => fields.id(`ids[${index}]`, id)));
}

/** The list, and which of its users are meant. */
export function readListUsers(request: ListUsersRequest): {
  readonly list: PagedList;
  readonly filter: UserFilter;
} {
  return readFields((fields) => {
    const { query } = request;
    const handle = request.handle === undefined ? undefined : trimBlanks(request.handle);
    if ((handle === undefined) === (query === undefined)) {
      for (const field of ["handle", "query"]) {
        fields.refuse(field, "exactly one of handle and query must be set");
      }
    } else if (handle === undefined) {
      fields.checked("query", query ?? "", findSearchTextViolation);
    } else {
      fields.checked("handle", handle, findSearchTextViolation);
    }
    const prefix = toNameKey(query ?? "");
    const list: PagedList = { query: ["ListUsers", handle ?? "", prefix], kinds: ["text"] };
    const page = fields.page(request, list);
    return { list, filter: handle === undefined ? { prefix, ...page } : { handle } };
  });
}

/** Reads from the message what one path of an update mask changes. */
type ChangeReader = (fields: FieldReader, user: User) => ProfileChange;

const CHANGE_READERS: ReadonlyMap<string, ChangeReader> = new Map<string, ChangeReader>([
  [
    "display_name",
    (fields, { displayName }) => ({
      displayName: fields.checked(
        "user.display_name",
        trimBlanks(displayName),
        findDisplayNameViolation,
      ),
    }),
  ],
  ["bio", (fields, { bio }) => ({ bio: fields.checked("user.bio", bio, findBioViolation) })],
  [
    "avatar_image_id",
    // Unset or empty removes the avatar.
    (fields, { avatarImageId }) => ({
      avatarImageId: avatarImageId ? fields.id("user.avatar_image_id", avatarImageId) : null,
    }),
  ],
]);

/** The change of the caller's own profile. */
export function readUpdateUser(
  { user, updateMask }: UpdateUserRequest,
  key: SessionKey,
): ProfileUpdate {
  return readFields((fields) => {
    const paths = updateMask?.paths ?? [];
    if (paths.length === 0 || !paths.every((path) => CHANGE_READERS.has(path))) {
      const known = [...CHANGE_READERS.keys()].join(", ");
      fields.refuse("update_mask", `must name one or more of ${known}, and nothing else`);
    }
    const changes = paths.map((path) => user && CHANGE_READERS.get(path)?.(fields, user));
    if (user?.id && user.id !== key.userId) {
      fields.refuse("user.id", "must be your own, or left out");
    }
    return { key, change: Object.assign({}, ...changes), etag: user?.etag || undefined };
  });
}

/**
 * The sign-in. A text of any length is read: the answer to one that is too long is BAD_CREDENTIALS,
 * as for every other login that no account has. Blanks around a login are not part of it; those
 * around a password are.
 */
export function readCreateSession({ login, password, userAgent }: CreateSessionRequest): SignIn {
  const limits = { max: Number.POSITIVE_INFINITY };
  return readFields((fields) => ({
    login: fields.text("login", trimBlanks(login), limits),
    password: fields.text("password", password, limits),
    userAgent,
  }));
}

/** The list of a user's sessions, and its page. */
export function readListSessions(
  request: ListSessionsRequest,
  userId: string,
): { readonly list: PagedList; readonly query: PageQuery } {
  const list: PagedList = { query: ["ListSessions", userId], kinds: ["id"] };
  return { list, query: readFields((fields) => fields.page(request, list)) };
}

/** The session's id. */
export function readDeleteSession({ id }: DeleteSessionRequest): string {
  return readFields((fields) => fields.id("id", id));
}
