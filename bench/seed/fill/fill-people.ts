import { expectAnswer, Unexpected } from "#seed/client/expect-answer.ts";
import { InDoubt } from "#seed/client/front-door.ts";
import { Member } from "#seed/client/member.ts";
import type { PlannedPerson } from "#seed/plan/plan-people.ts";
import { concurrently } from "./concurrently.ts";
import type { Filling, Inhabitant } from "./filling.ts";
import { untilKnown } from "./until-known.ts";

/** Creates the accounts that do not exist. Returns all people, in the order of the plan. */
export async function fillPeople(filling: Filling): Promise<readonly Inhabitant[]> {
  const { world, progress } = filling;
  const inhabitants: Inhabitant[] = [];
  progress.begin("users", world.people.length);
  await concurrently(
    world.people.entries(),
    async ([index, person]) => {
      await untilKnown(async () => {
        const { user, isNew } = await findOrSignUp(filling, person);
        const credentials = { handle: person.handle, password: filling.password };
        const member = new Member(filling.door, user.id, credentials);
        inhabitants[index] = { member, profile: user };
        progress.count(isNew ? "created" : "found");
      });
    },
    filling,
  );
  return inhabitants;
}

async function findOrSignUp({ door, password }: Filling, person: PlannedPerson) {
  const { handle, email, displayName } = person;
  const path = `/v1/users?handle=${handle}`;
  const { users } = await expectAnswer(door, { method: "GET", path });
  if (users.length > 0) return { user: users[0], isNew: false };
  const body = { handle, email, displayName, password };
  const request = { method: "POST", path: "/v1/users", body } as const;
  const answer = await door.ask(request);
  if (answer.json?.code === "HANDLE_TAKEN") throw new InDoubt(`${handle} was created meanwhile`);
  if (answer.status !== 201) throw new Unexpected(request, answer);
  return { user: answer.json, isNew: true };
}
