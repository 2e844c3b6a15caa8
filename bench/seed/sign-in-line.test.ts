import { planSeedWorld } from "#seed/plan/plan-seed-world.ts";
import { PASSWORD_DEFAULT } from "./seed-options.ts";
import { signInLine } from "./sign-in-line.ts";

test("prints the public password, and none that was given", () => {
  const world = planSeedWorld(42, { users: 1, images: 0, comments: 0, likes: 0 });
  expect(signInLine(world, PASSWORD_DEFAULT)).toContain(PASSWORD_DEFAULT);
  const line = signInLine(world, "nobody guesses this one");
  expect(line).not.toContain("guesses");
  expect(line).toContain(`sign in as ${world.people[0]?.handle}`);
});
