import { formatStatus } from "./format-status.ts";

describe("formatStatus", () => {
  test("formats the parts in columns, with the time in their present state", () => {
    const now = new Date("2026-01-02T03:04:05Z");
    const text = formatStatus(
      [
        {
          name: "users",
          state: "running",
          pid: 12,
          address: "127.0.0.1:1",
          since: "2026-01-02T03:04:00Z",
          restarts: 2,
        },
        { name: "users-db", state: "stopped", since: "2026-01-02T01:00:00Z", restarts: 0 },
      ],
      now,
    );
    expect(text.split("\n")).toEqual([
      "NAME      STATE    PID  ADDRESS      SINCE  RESTARTS",
      "users     running  12   127.0.0.1:1  5 s    2",
      "users-db  stopped  -    -            2 h    0",
    ]);
  });
});
