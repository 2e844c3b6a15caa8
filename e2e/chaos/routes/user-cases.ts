import type { Call, RouteCase } from "./route-case.ts";
import type { Person, SeedData } from "./seed-data.ts";

const USERS = { needs: ["users"], decoratedBy: [] } as const;

/** Cases of accounts and profiles. */
export const USER_CASES: readonly RouteCase[] = [
  {
    route: "POST /v1/users",
    weight: 1,
    ...USERS,
    call({ ledger, mark }) {
      const handle = `user_${mark()}`;
      const write = ledger.write(`user ${handle}`, "there");
      return {
        method: "POST",
        path: "/v1/users",
        body: { handle, email: `${handle}@mail.example`, password: `long enough for ${handle}` },
        expected: [201],
        onSuccess: write.acknowledge,
      };
    },
  },
  {
    route: "GET /v1/users",
    weight: 3,
    ...USERS,
    call: ({ random, people }) => get(`/v1/users?handle=${random.pick(people).handle}`),
  },
  {
    route: "GET /v1/users/{id}",
    weight: 4,
    ...USERS,
    call: ({ random, people }) => get(`/v1/users/${random.pick(people).id}`),
  },
  {
    route: "GET /v1/users/me",
    weight: 14,
    ...USERS,
    call: ({ random, people }) => get("/v1/users/me", random.pick(people).token),
  },
  {
    route: "PATCH /v1/users/me",
    weight: 3,
    ...USERS,
    call: changeBio,
  },
  {
    route: "PATCH /v1/users/me",
    variant: "avatar",
    weight: 2,
    needs: ["users", "images"],
    decoratedBy: [],
    call({ random, images }) {
      const { id, owner } = random.pick(images);
      return {
        method: "PATCH",
        path: "/v1/users/me",
        token: owner.token,
        body: { avatarImageId: id },
        expected: [200],
      };
    },
  },
];

function get(path: string, token?: string): Call {
  return { method: "GET", path, token, expected: [200] };
}

/**
 * Changes a bio. If each last change is in doubt, sets a display name to the value that it has,
 * since another bio would be one more doubt.
 */
function changeBio({ random, people, ledger, mark }: SeedData): Call {
  const keyOf = ({ handle }: Person) => `bio of ${handle}`;
  const settled = people.filter((person) => ledger.isSettled(keyOf(person)));
  const person = random.pick(settled.length > 0 ? settled : people);
  const change = { method: "PATCH", path: "/v1/users/me", token: person.token, expected: [200] };
  if (settled.length === 0) return { ...change, body: { displayName: person.handle } };
  const bio = mark();
  const write = ledger.write(keyOf(person), bio);
  return { ...change, body: { bio }, onSuccess: write.acknowledge };
}
