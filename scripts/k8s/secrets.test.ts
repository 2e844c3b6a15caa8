import { pathToFileURL } from "node:url";
import { makeAccessTokenKeys, makeDatabaseSecrets } from "#k8s/secrets.ts";

describe("the secrets that are printed for a cluster", () => {
  test("are a key pair as the services read it, of which the public half holds nothing secret", async () => {
    const { parseJwks, parsePrivateJwk } = await import(
      pathToFileURL("chassis/src/identity/keys.ts").href
    );
    const [secret, map] = makeAccessTokenKeys();
    const privateKey = parsePrivateJwk(JSON.parse(secret?.stringData?.jwk ?? ""));
    const { keys } = parseJwks(JSON.parse(map?.data?.jwks ?? ""));
    expect(keys).toEqual([expect.objectContaining({ kid: privateKey.kid, x: privateKey.x })]);
    expect(map?.data?.jwks).not.toContain(privateKey.d);
  });

  test("are a database for each service, with a password of its own", () => {
    const urls = makeDatabaseSecrets().map(({ stringData }) => new URL(stringData?.uri ?? ""));
    expect(urls.map(({ hostname, username, pathname }) => [hostname, username, pathname])).toEqual([
      ["users-database", "users", "/users"],
      ["images-database", "images", "/images"],
      ["comments-database", "comments", "/comments"],
    ]);
    expect(new Set(urls.map(({ password }) => password)).size).toBe(3);
  });
});
