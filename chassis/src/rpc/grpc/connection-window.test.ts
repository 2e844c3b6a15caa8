import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientHttp2Stream, Http2Session } from "node:http2";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter } from "#testing/echo-transports.ts";
import { contextFor } from "#testing/test-context.ts";
import { startTestService } from "#testing/test-service.ts";
import { CONNECTION_WINDOW_BYTES } from "./connection-window.ts";

const CREATED = "http2.client.stream.created";

test("a connection has room for the full windows of all its streams", async () => {
  await using service = await startTestService({ router: echoRouter({}) });
  const client = service.client(EchoService);
  const sessions = new Set<Http2Session>();
  const note = (message: unknown) => {
    const { session } = (message as { readonly stream: ClientHttp2Stream }).stream;
    if (session !== undefined) sessions.add(session);
  };
  subscribe(CREATED, note);
  await client.say({ value: "hello" }, contextFor());
  unsubscribe(CREATED, note);
  const windows = [...sessions].map(({ state }) => state.effectiveLocalWindowSize);
  expect(windows).toEqual([CONNECTION_WINDOW_BYTES]);
});
