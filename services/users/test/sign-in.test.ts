import { status } from "@grpc/grpc-js";
import { hash } from "@node-rs/argon2";
import { createAuthenticator } from "@triptych/chassis/identity/authenticate";
import { slotOf } from "@triptych/chassis/ids/new-id";
import {
  newHandle,
  OPERATOR_ID,
  PASSWORD,
  startUsers,
  type UsersUnderTest,
  unhurried,
} from "./start-users.ts";

let service: UsersUnderTest;

beforeAll(async () => {
  service = await startUsers();
});
afterAll(() => service[Symbol.asyncDispose]());

function signIn(login: string, password = PASSWORD, userAgent = "") {
  return service.client.createSession({ login, password, userAgent }, unhurried());
}

async function passwordHashOf(userId: string): Promise<string> {
  const statement = { name: "hash", text: "select password_hash from users where id = $1" };
  const { rows } = await service.database
    .for(userId)
    .write<{ readonly password_hash: string }>(statement, [userId]);
  return rows[0]?.password_hash ?? "";
}

describe("CreateSession", () => {
  test("accepts the handle or the e-mail address, in any case", async () => {
    const { id, handle, email = "" } = await service.register();
    for (const login of [handle, handle.toUpperCase(), email, email.toUpperCase()]) {
      const { user, session } = await signIn(login);
      expect(user).toMatchObject({ id, email });
      expect(session?.userId).toBe(id);
    }
  });

  test("accepts a login with blanks around it, and a password only without", async () => {
    const { id, handle, email = "" } = await service.register();
    for (const login of [`${handle} `, `\u00A0${handle}\n`, ` ${email}\u200B`]) {
      expect((await signIn(login)).user).toMatchObject({ id });
    }
    await expect(signIn(handle, `${PASSWORD} `)).rejects.toMatchObject({
      reason: "BAD_CREDENTIALS",
    });
  });

  test("accepts an e-mail address whose accents are composed in another way", async () => {
    const email = `jos\u00E9.${newHandle()}@example.org`;
    const { id } = await service.register({ email });
    expect((await signIn(email.normalize("NFD").toUpperCase())).user).toMatchObject({ id });
  });

  test("returns an access token of ten minutes for a session in the user's slot", async () => {
    const { id, handle } = await service.register();
    const { session, tokens } = await signIn(handle, PASSWORD, "curl/8");
    const caller = await createAuthenticator(service.tokens.jwks)(`Bearer ${tokens?.accessToken}`);
    expect(caller).toMatchObject({ kind: "user", userId: id, sessionId: session?.id });
    expect(tokens?.expiresInSeconds).toBe(600);
    const [header, claims] = (tokens?.accessToken ?? "")
      .split(".", 2)
      .map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
    expect(header).toMatchObject({ alg: "EdDSA", kid: "test" });
    expect(claims).toEqual({
      sub: id,
      sid: session?.id,
      iss: "triptych",
      aud: "triptych",
      iat: expect.any(Number),
      exp: claims.iat + 600,
    });
    expect(session?.userAgent).toBe("curl/8");
    expect(slotOf(session?.id ?? "")).toBe(slotOf(id));
  });

  test("marks an operator in the access tokens of the sign-in and of a refresh", async () => {
    const { id, handle } = await service.register();
    const statement = { name: "appoint", text: "update users set id = $2 where id = $1" };
    await service.database.for(id).write(statement, [id, OPERATOR_ID]);
    const { tokens } = await signIn(handle);
    const { refreshToken = "" } = tokens ?? {};
    const refreshed = await service.client.refreshSession({ refreshToken }, unhurried());
    const authenticate = createAuthenticator(service.tokens.jwks);
    for (const { accessToken } of [tokens, refreshed.tokens].filter((it) => it !== undefined)) {
      const caller = await authenticate(`Bearer ${accessToken}`);
      expect(caller).toMatchObject({ userId: OPERATOR_ID, operator: true });
    }
    expect.assertions(2);
  });

  test("stores no refresh token", async () => {
    const { handle } = await service.register();
    const { session, tokens } = await signIn(handle);
    const statement = {
      name: "row",
      text: "select sessions::text as row from sessions where id = $1",
    };
    const { rows } = await service.database
      .for(handle)
      .write<{ readonly row: string }>(statement, [session?.id]);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain(tokens?.refreshToken.split(".")[1]);
  });

  test("fails with the same BAD_CREDENTIALS for a wrong password and for an unknown login", async () => {
    const { handle, email = "" } = await service.register();
    const logins = [handle, email, newHandle(), "nobody@example.org", "no such", "x".repeat(300)];
    const errors: unknown[] = [];
    for (const login of logins) {
      errors.push(await signIn(login, "not the password").catch((error: unknown) => error));
    }
    errors.push(await signIn(handle, "x".repeat(5_000)).catch((error: unknown) => error));
    const [first] = errors;
    for (const error of errors) {
      expect(error).toMatchObject({
        reason: "BAD_CREDENTIALS",
        code: status.UNAUTHENTICATED,
        metadata: {},
        violations: [],
        message: first instanceof Error && first.message,
      });
    }
  });

  test("takes about as long for an unknown login as for a wrong password", async () => {
    const { handle } = await service.register();
    const median = async (login: string) => {
      const times: number[] = [];
      for (let turn = 0; turn < 9; turn++) {
        const start = performance.now();
        await signIn(login, "not the password").catch(() => undefined);
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[4] ?? 0;
    };
    const [known, unknown] = [await median(handle), await median(newHandle())];
    // Without the dummy hash an unknown login is answered in a tenth of the time.
    expect(unknown).toBeGreaterThan(known / 3);
  });

  test("accepts a password whose accents are composed differently", async () => {
    const handle = newHandle();
    const email = `${handle}@example.org`;
    const password = "crème brûlée à la carte";
    const request = { handle, email, password: password.normalize("NFC") };
    await service.client.createUser(request, unhurried());
    const { user } = await signIn(handle, password.normalize("NFD"));
    expect(user?.handle).toBe(handle);
  });

  test("replaces a hash that has other parameters than the current ones", async () => {
    const { id, handle } = await service.register();
    const weak = await hash(PASSWORD, { memoryCost: 1024, timeCost: 1, parallelism: 1 });
    const statement = { name: "weaken", text: "update users set password_hash = $2 where id = $1" };
    await service.database.for(id).write(statement, [id, weak]);
    await Promise.all([signIn(handle), signIn(handle)]);
    const strong = await passwordHashOf(id);
    expect(strong).toContain("m=19456,t=2,p=1");
    await signIn(handle);
    expect(await passwordHashOf(id)).toBe(strong);
  });

  test("cuts the user agent to 256 characters", async () => {
    const { handle } = await service.register();
    const { session } = await signIn(handle, PASSWORD, `a\0${"🦋".repeat(300)}`);
    expect(session?.userAgent).toBe(`a\uFFFD${"🦋".repeat(254)}`);
  });

  test("fails with INVALID_ARGUMENT for NUL in login and password, and names both", async () => {
    await expect(signIn("a\0", "b\0")).rejects.toMatchObject({
      reason: "INVALID_ARGUMENT",
      violations: [{ field: "login" }, { field: "password" }],
    });
  });
});
