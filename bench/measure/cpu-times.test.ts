import { cpuBetween, machineTime, parseStat, readCpu, sumOf } from "./cpu-times.ts";
import { groupOf } from "./process-groups.ts";

test.each([
  ["/node --import x /r/gateway/src/main.ts ", "gateway"],
  ["/node /r/services/images/src/main.ts ", "images"],
  ["/node /r/services/images/src/worker-main.ts ", "worker"],
  ["/node /r/services/comments/src/main.ts ", "comments"],
  ["/node /r/services/users/src/main.ts ", "users"],
  ["/node /r/stack/src/monolith/main.ts ", "monolith"],
  ["/node /r/bench/baseline/main.ts ", "monolith"],
  ["postgres: images images 127.0.0.1(40123) idle", "postgres"],
  ["/n/native/bin/postgres -D /tmp/cluster ", "postgres"],
  ["/node /r/stack/src/main.ts start ", "other"],
])("knows %j as %s", (commandLine, group) => {
  expect(groupOf(commandLine)).toBe(group);
});

test("reads a process whose name has blanks and brackets", () => {
  const stat = "7 (a) b (c) S 42 7 7 0 -1 4194304 1 0 0 0 100 20 3 4 20 0 11 0 5 6";
  const { parent, micros } = parseStat(stat);
  expect(parent).toBe(42);
  expect(micros).toBe(parseStat("7 (x) S 42 7 7 0 -1 4194304 1 0 0 0 127 0 0 0 20").micros);
});

test("counts neither idle time nor waiting for a disk as work", () => {
  const busy = machineTime("cpu  10 0 5 0 0 1 1 3 0 0\ncpu0 1 1 1\n");
  expect(machineTime("cpu  10 0 5 900 80 1 1 3 0 0\n")).toBe(busy);
  expect(busy).toBeGreaterThan(0);
});

test("finds the work of this process, and that it is part of the machine's", () => {
  const before = readCpu([process.pid]);
  const spent = process.cpuUsage();
  // Until the kernel's clock, in steps of 10 ms, must have seen it.
  while (process.cpuUsage(spent).user < 200_000);
  const { groups, machineMicros } = cpuBetween(before, readCpu([process.pid]));
  expect(sumOf(groups)).toBeGreaterThanOrEqual(150_000);
  expect(machineMicros).toBeGreaterThanOrEqual(150_000);
});

test("finds nothing below a process that does not exist", () => {
  expect(readCpu([2 ** 30]).groups).toEqual({});
});
