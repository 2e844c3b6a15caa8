import { ADA, IMAGE } from "./fake-services.ts";
import { bodyOf, startTestGateway, type TestGateway } from "./test-gateway.ts";

const JSON_HEADERS = { "content-type": "application/json" };

describe("a gateway that receives malformed or hostile input", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  async function problemOf(path: string, init?: RequestInit) {
    const response = await gateway.fetch(path, init);
    expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const body = await bodyOf(response);
    expect(body.status).toBe(response.status);
    expect(body.instance).toBe(response.headers.get("x-request-id"));
    expect(body.type).toMatch(/^urn:triptych:problem:[a-z-]+$/);
    return { ...body, response } as Record<string, unknown> & { response: Response };
  }

  const post = (body: RequestInit["body"], headers: Record<string, string> = JSON_HEADERS) =>
    problemOf("/v1/sessions", { method: "POST", headers, body });

  test.each(["/nothing", "/metrics", "/v1", "/v1/images/a/b/c", "/%2e%2e/x"])(
    "answers 404 to %s",
    async (path) => {
      expect(await problemOf(path)).toMatchObject({ status: 404, code: "ROUTE_NOT_FOUND" });
    },
  );

  test.each([
    ["PUT", "/v1/users", "GET, HEAD, POST"],
    ["DELETE", "/v1/users/me", "GET, HEAD, PATCH"],
    ["POST", `/v1/users/${ADA}`, "GET, HEAD"],
    ["POST", "/v1/sessions/current", "DELETE"],
    ["PROPFIND", "/v1/images", "GET, HEAD, POST"],
    ["POST", "/healthz", "GET, HEAD"],
  ])("answers 405 to %s %s", async (method, path, allow) => {
    const problem = await problemOf(path, { method });
    expect(problem).toMatchObject({ status: 405, code: "METHOD_NOT_ALLOWED" });
    expect(problem.response.headers.get("allow")).toBe(allow);
  });

  test.each(["text/html", "image/*", "application/json;q=0", "application/xml, text/*"])(
    "answers 406 to Accept: %s",
    async (accept) => {
      expect(await problemOf("/v1/images", { headers: { accept } })).toMatchObject({ status: 406 });
    },
  );

  test.each([
    ["text/plain", "{}"],
    ["application/x-www-form-urlencoded", "login=ada"],
    ["multipart/form-data; boundary=x", "--x--"],
    ["application/json; charset=latin1", "{}"],
    ["application/xml", "<a/>"],
    ["nonsense", "{}"],
  ])("answers 415 to a body of %s", async (type, body) => {
    expect(await post(body, { "content-type": type })).toMatchObject({
      status: 415,
      code: "UNSUPPORTED_MEDIA_TYPE",
    });
  });

  test.each([
    ["cut off", '{"login":'],
    ["not quoted", "{login: 1}"],
    ["not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])("answers 400 MALFORMED_JSON to JSON that is %s", async (_, body) => {
    expect(await post(body)).toMatchObject({ status: 400, code: "MALFORMED_JSON" });
  });

  test.each([
    ["null", ["body"]],
    ["[]", ["body"]],
    ["", ["body"]],
    ['{"login":"\\u0000","password":"a\\ud800"}', ["login", "password"]],
    ['{"login":"a","password":["b"],"__proto__":{}}', ["__proto__", "password"]],
    ['{"login":"a","password":"b","constructor":1}', ["constructor"]],
    ['{"login":7,"password":null}', ["login", "password"]],
    [`{"login":${"[".repeat(20_000)}${"]".repeat(20_000)}}`, ["login"]],
  ])("names the fields that are wrong in %.40s", async (body, fields) => {
    const { status, errors } = await post(body);
    expect(status).toBe(400);
    expect((errors as { field: string }[]).map(({ field }) => field).sort()).toEqual(fields);
  });

  test("answers 413 to 10 MB of JSON, and the client reads the answer", async () => {
    const problem = await post(JSON.stringify({ login: "x".repeat(10_000_000), password: "p" }));
    expect(problem).toMatchObject({ status: 413, code: "TOO_LARGE" });
  });

  test.each([
    [`/v1/users?handle=a&handle=b`, ["handle"]],
    ["/v1/users?handle=%ff", ["handle"]],
    ["/v1/users?handle=%0", ["handle"]],
    ["/v1/users?handle=a%00b", ["handle"]],
    ["/v1/users?handle=&pageSize=0", ["handle", "pageSize"]],
    ["/v1/images?pageSize=-1", ["pageSize"]],
    ["/v1/images?pageSize=many", ["pageSize"]],
    ["/v1/images?pageSize=1.5", ["pageSize"]],
    ["/v1/images?pageSize=1&pageSize=2", ["pageSize"]],
    ["/v1/images?owner=me", ["owner"]],
    [`/v1/images?pageToken=${"x".repeat(3_000)}`, ["pageToken"]],
    ["/v1/images/7", ["id"]],
    [`/v1/images/${IMAGE.toUpperCase()}`, ["id"]],
    ["/v1/images/%00", ["id"]],
    ["/v1/comments/%27%20or%201=1", ["id"]],
    [`/v1/images/${IMAGE}/content?variant=huge`, ["variant"]],
    ["/v1/images/7/comments?order=up&pageSize=0", ["id", "order", "pageSize"]],
  ])("names the parameters that are wrong in %.60s", async (path, fields) => {
    const { status, errors } = await problemOf(path);
    expect(status).toBe(400);
    expect((errors as { field: string }[]).map(({ field }) => field).sort()).toEqual(fields);
  });

  test("names the bad parameter and every bad member of the body together", async () => {
    const { errors } = await problemOf("/v1/images/7", {
      method: "PATCH",
      headers: { ...JSON_HEADERS, ...(await gateway.as(ADA)) },
      body: JSON.stringify({ tags: ["", "ok", 5], visibility: "secret" }),
    });
    expect((errors as { field: string }[]).map(({ field }) => field).sort()).toEqual([
      "id",
      "tags[0]",
      "tags[2]",
      "visibility",
    ]);
  });

  test.each(["/v1/images/%ff", "/v1/images/%", "/%zz"])(
    "answers 400 to the malformed path %s",
    async (path) => {
      expect(await problemOf(path)).toMatchObject({ status: 400, code: "MALFORMED_URL" });
    },
  );

  test("answers 414 to an endless url and to an endless parameter", async () => {
    expect(await problemOf(`/v1/images?x=${"y".repeat(9_000)}`)).toMatchObject({ status: 414 });
    expect(await problemOf(`/v1/images/${"y".repeat(1_000)}`)).toMatchObject({ status: 414 });
  });

  test.each([
    ["an unknown scheme", "Basic YTpi"],
    ["garbage", "Bearer x.y.z"],
    ["nothing", "Bearer"],
    ["a cut-off token", "Bearer eyJhbGciOiJFZERTQSJ9."],
  ])("answers 401 to %s also on a public route", async (_, authorization) => {
    const problem = await problemOf("/v1/images", { headers: { authorization } });
    expect(problem).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    expect(problem.response.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("answers 401 to an expired token, and to nobody where a user is needed", async () => {
    const token = await gateway.tokenFor(ADA, { expired: true });
    const headers = { authorization: `Bearer ${token}` };
    expect(await problemOf("/v1/images", { headers })).toMatchObject({ status: 401 });
    expect(await problemOf("/v1/users/me")).toMatchObject({ status: 401 });
    const upload = await problemOf("/v1/images", { method: "POST", body: new FormData() });
    expect(upload).toMatchObject({ status: 401 });
  });

  test("echoes a fit request id, replaces an unfit one, and logs one line with neither token nor body", async () => {
    const fit = await gateway.fetch("/nothing", { headers: { "x-request-id": "my-id" } });
    expect(fit.headers.get("x-request-id")).toBe("my-id");
    for (const id of ["a b", '"><script>', "a,b", "", "x".repeat(129)]) {
      const unfit = await gateway.fetch("/nothing", { headers: { "x-request-id": id } });
      expect(unfit.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    }
    await post('{"login":"ada","secret":"hush"}', {
      ...JSON_HEADERS,
      authorization: "Bearer hush",
    });
    const lines = gateway.lines.filter(({ requestId }) => requestId === "my-id");
    expect(lines).toMatchObject([{ method: "GET", route: "none", status: 404 }]);
    expect(JSON.stringify(gateway.lines)).not.toContain("hush");
  });

  test("is alive after all of it, and has logged no error", async () => {
    expect(await (await gateway.fetch("/healthz")).text()).toBe("alive\n");
    expect(gateway.lines.filter(({ level }) => level === "error")).toEqual([]);
  });
});
