import { CompactSign, SignJWT } from "jose";
import { newId } from "#ids/new-id.ts";
import { createTestTokens } from "#testing/test-tokens.ts";
import { type AccessToken, InvalidAccessToken } from "./access-token.ts";
import { createAccessTokenSigner } from "./access-token-signer.ts";
import { type AccessTokenVerifier, createAccessTokenVerifier } from "./access-token-verifier.ts";
import { callerOf } from "./caller.ts";
import { generateKeyPair, importPrivateKey } from "./keys.ts";

const ISSUER = "https://users.test";
const AUDIENCE = "triptych";
const [ADA, S1] = [newId(), newId()];
const SESSION = { subject: ADA, sessionId: S1 };
const LIFETIME_SECONDS = 600;

const { privateJwk, publicJwks } = generateKeyPair("first");
let nowMs = 1_800_000_000_000;
const now = () => nowMs;
const forUs = { issuer: ISSUER, audience: AUDIENCE, now };
const signer = createAccessTokenSigner({ privateJwk, lifetimeSeconds: LIFETIME_SECONDS, ...forUs });

function newVerifier(keys = publicJwks): AccessTokenVerifier {
  return createAccessTokenVerifier({ keys, clockToleranceSeconds: 5, cacheMax: 2, ...forUs });
}

/** Signs any claims and header, as a forger might. */
function forge(claims: Record<string, unknown>, header: Record<string, unknown> = {}) {
  return new SignJWT({ sub: ADA, sid: S1, iss: ISSUER, aud: AUDIENCE, ...claims })
    .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: "first", ...header })
    .sign(importPrivateKey(privateJwk));
}

/** Changes bits of the last character that no byte takes its bits from. */
function withOtherLastCharacter(token: string): string {
  const last = token.at(-1) ?? "";
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return token.slice(0, -1) + digits.charAt(digits.indexOf(last) ^ 1);
}

async function refusalOf(verifying: Promise<AccessToken>): Promise<InvalidAccessToken> {
  const thrown: unknown = await verifying.catch((error: unknown) => error);
  if (!(thrown instanceof InvalidAccessToken)) {
    throw new Error("the token was not refused", { cause: thrown });
  }
  return thrown;
}

describe("an access token", () => {
  test("holds its user, session and expiry", async () => {
    const { token, expireTime } = await signer.sign(SESSION);
    const accessToken = await newVerifier().verify(token);

    expect(accessToken).toEqual({ ...SESSION, operator: false, expireTime, token });
    expect(expireTime.getTime()).toBe(nowMs + LIFETIME_SECONDS * 1_000);
    expect(callerOf(accessToken)).toEqual({
      kind: "user",
      userId: ADA,
      sessionId: S1,
      operator: false,
      token,
    });
  });

  test("is accepted if any of the keys signed it", async () => {
    const second = generateKeyPair("second");
    const keys = { keys: [...publicJwks.keys, ...second.publicJwks.keys] };
    const options = { ...forUs, privateJwk: second.privateJwk, lifetimeSeconds: 60 };
    const { token } = await createAccessTokenSigner(options).sign(SESSION);

    expect((await newVerifier(keys).verify(token)).subject).toBe(ADA);
  });

  test("is cached until it expires, and refused then", async () => {
    const verifier = newVerifier();
    const { token, expireTime } = await signer.sign(SESSION);
    const first = await verifier.verify(token);
    expect(await verifier.verify(token)).toBe(first);

    const startMs = nowMs;
    try {
      nowMs = expireTime.getTime() + 4_999;
      expect(await verifier.verify(token)).toBe(first);
      nowMs = expireTime.getTime() + 5_000;
      await refusalOf(verifier.verify(token));
      await refusalOf(verifier.verify(token));
    } finally {
      nowMs = startMs;
    }
  });

  test("is evicted if too many others came since, and verified again", async () => {
    const verifier = newVerifier();
    const { token } = await signer.sign(SESSION);
    const first = await verifier.verify(token);
    for (const subject of [newId(), newId()]) {
      await verifier.verify((await signer.sign({ subject, sessionId: newId() })).token);
    }

    const again = await verifier.verify(token);
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
  });
});

describe("a token speaks for an operator", () => {
  const iat = Math.floor(nowMs / 1_000);
  const claims = { iat, exp: iat + 60 };

  test("if it was signed for one", async () => {
    const { token } = await signer.sign({ ...SESSION, operator: true });
    expect(callerOf(await newVerifier().verify(token)).operator).toBe(true);
  });

  test.each([[undefined], [false], ["true"], [1], [["true"]], [{}], [null]])(
    "not if its claim is %j",
    async (operator) => {
      const token = await forge({ ...claims, ...(operator !== undefined && { operator }) });
      expect(callerOf(await newVerifier().verify(token)).operator).toBe(false);
    },
  );
});

describe("a token is refused", () => {
  const iat = Math.floor(nowMs / 1_000);
  const exp = iat + 60;

  test("only for its defect: the same one without it is accepted", async () => {
    expect((await newVerifier().verify(await forge({ iat, exp }))).subject).toBe(ADA);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["if it has expired", { iat: iat - 120, exp: iat - 60 }, {}],
    ["if it does not end", { iat }, {}],
    ["if it does not say when it began", { exp }, {}],
    ["if it is not valid yet", { iat, exp, nbf: iat + 30 }, {}],
    ["if it has no subject", { iat, exp, sub: undefined }, {}],
    ["if its subject is empty", { iat, exp, sub: "" }, {}],
    ["if it has no session", { iat, exp, sid: undefined }, {}],
    ["if its session is no text", { iat, exp, sid: 7 }, {}],
    ["if its subject is no id", { iat, exp, sub: "ada" }, {}],
    ["if its subject is an id in capitals", { iat, exp, sub: ADA.toUpperCase() }, {}],
    ["if its subject is a list", { iat, exp, sub: [ADA] }, {}],
    ["if its session is no id", { iat, exp, sid: `${S1} ` }, {}],
    ["if it began in the future", { iat: iat + 60, exp: exp + 60 }, {}],
    ["if it ends before it began", { iat, exp: iat - 1 }, {}],
    ["if it lasts for longer than a day", { iat, exp: iat + 86_401 }, {}],
    ["if it lasts for ever", { iat, exp: Number.MAX_VALUE }, {}],
    ["if it ends within a second", { iat, exp: exp + 0.5 }, {}],
    ["if it is for several", { iat, exp, aud: [AUDIENCE, "elsewhere"] }, {}],
    ["if its header has another member", { iat, exp }, { cty: "JWT" }],
    ["if its header has a key of its own", { iat, exp }, { jwk: publicJwks.keys[0] }],
    ["if its header lists a critical member", { iat, exp }, { crit: ["b64"], b64: true }],
    ["if another issued it", { iat, exp, iss: "https://elsewhere.test" }, {}],
    ["if it is for another", { iat, exp, aud: "elsewhere" }, {}],
    ["if its kind is another", { iat, exp }, { typ: "JWT" }],
    ["if its key is unknown", { iat, exp }, { kid: "other" }],
    ["if it names no key", { iat, exp }, { kid: undefined }],
    ["if it names another algorithm", { iat, exp }, { alg: "Ed25519" }],
  ])("%s", async (_why, claims, header) => {
    const refusal = await refusalOf(newVerifier().verify(await forge(claims, header)));
    expect(refusal.cause).toBeInstanceOf(Error);
  });

  test.each([
    ["padded", (token: string) => `${token}==`],
    ["followed by a blank", (token: string) => `${token} `],
    ["in four parts", (token: string) => `${token}.`],
    ["with another last character of the same bytes", withOtherLastCharacter],
  ])("if it is the signer's own, %s", async (_how, spell) => {
    const { token } = await signer.sign(SESSION);
    expect(spell(token)).not.toBe(token);
    await refusalOf(newVerifier().verify(spell(token)));
  });

  test.each([
    ["a blank", (json: string) => json.replace(",", ", ")],
    ["a member twice", (json: string) => json.replace("{", `{"sub":"${newId()}",`)],
  ])("if its claims are signed with %s", async (_what, change) => {
    const claims = { sub: ADA, sid: S1, iss: ISSUER, aud: AUDIENCE, iat, exp };
    const header = { alg: "EdDSA", typ: "at+jwt", kid: "first" };
    const signJson = async (json: string) =>
      await new CompactSign(Buffer.from(json))
        .setProtectedHeader(header)
        .sign(importPrivateKey(privateJwk));
    const json = JSON.stringify(claims);
    expect((await newVerifier().verify(await signJson(json))).subject).toBe(ADA);
    await refusalOf(newVerifier().verify(await signJson(change(json))));
  });

  test("if it is signed with a shared secret made of the public key", async () => {
    const secret = Buffer.from(publicJwks.keys[0]?.x ?? "", "base64url");
    const token = await new SignJWT({ sub: ADA, sid: S1, iss: ISSUER, aud: AUDIENCE, iat, exp })
      .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: "first" })
      .sign(secret);
    await refusalOf(newVerifier().verify(token));
  });

  test("if it is not signed", async () => {
    const { token } = await signer.sign(SESSION);
    const header = Buffer.from('{"alg":"none","typ":"at+jwt","kid":"first"}').toString("base64url");
    await refusalOf(newVerifier().verify(`${header}.${token.split(".")[1]}.`));
  });

  test("if another key of the same name signed it", async () => {
    const { token } = await signer.sign(SESSION);
    await refusalOf(newVerifier(generateKeyPair("first").publicJwks).verify(token));
  });

  test.each(["", "x", "a.b.c", "\0", "é.é.é"])("if it is none: %j", async (token) => {
    await refusalOf(newVerifier().verify(token));
  });

  test("if it is too long, without being read", async () => {
    const refusal = await refusalOf(newVerifier().verify("x".repeat(1_000_000)));
    expect(refusal.message).not.toContain("xxx");
  });
});

describe("the tokens for tests", () => {
  test("are accepted by a verifier with their keys, unless expired", async () => {
    const tokens = createTestTokens();
    const verifier = createAccessTokenVerifier({ keys: tokens.jwks, ...tokens });

    const token = await tokens.tokenFor(ADA, { sessionId: S1 });
    expect(await verifier.verify(token)).toMatchObject(SESSION);
    await refusalOf(verifier.verify(await tokens.tokenFor(ADA, { expired: true })));
  });
});
