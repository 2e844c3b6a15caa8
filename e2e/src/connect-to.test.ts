import { addressOf } from "./connect-to.ts";

test.each([
  ["http://127.0.0.1:8080", "127.0.0.1", 8080],
  ["http://pictures.example", "pictures.example", 80],
  ["https://pictures.example/v1", "pictures.example", 443],
  ["https://pictures.example:8443", "pictures.example", 8443],
  ["http://[::1]:8080", "::1", 8080],
  ["http://[::1]", "::1", 80],
])("the server of %s listens at %s, port %i", (url, host, port) => {
  expect(addressOf(url)).toEqual({ host, port });
});
