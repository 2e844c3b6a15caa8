import { NOT_WAITING, TimeWheel, type WheelEntry } from "./time-wheel.ts";

const { jest } = import.meta;

describe("a time wheel", () => {
  let wheel: TimeWheel;
  let fired: string[];

  beforeEach(() => {
    jest.useFakeTimers();
    wheel = new TimeWheel();
    fired = [];
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const entry = (name: string): WheelEntry => ({
    dueMs: NOT_WAITING,
    onDue: () => void fired.push(name),
  });

  test("calls each entry once, never early and at most a tick late", () => {
    wheel.add(entry("later"), 30);
    wheel.add(entry("soon"), 15);
    jest.advanceTimersByTime(14);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(11);
    expect(fired).toEqual(["soon"]);
    jest.advanceTimersByTime(15);
    expect(fired).toEqual(["soon", "later"]);
    jest.advanceTimersByTime(10_000);
    expect(fired).toEqual(["soon", "later"]);
  });

  test("fires a hedge of 250 ms later than the 200 ms after which a cancelled try counts", () => {
    wheel.add(entry("hedge"), 250);
    jest.advanceTimersByTime(249);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(11);
    expect(fired).toEqual(["hedge"]);
  });

  test("keeps an entry that is due after more than one turn", () => {
    wheel.add(entry("far"), 12_000);
    jest.advanceTimersByTime(11_999);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(11);
    expect(fired).toEqual(["far"]);
  });

  test("does not call a removed entry, and moves an entry that is added again", () => {
    const [gone, again] = [entry("gone"), entry("again")];
    wheel.add(gone, 20);
    wheel.add(again, 20);
    wheel.remove(gone);
    wheel.remove(gone);
    jest.advanceTimersByTime(10);
    wheel.add(again, 40);
    jest.advanceTimersByTime(39);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(11);
    expect(fired).toEqual(["again"]);
  });

  test("allows an entry to add itself and to remove another while it is called", () => {
    const other = entry("other");
    let calls = 0;
    const own: WheelEntry = {
      dueMs: NOT_WAITING,
      onDue() {
        calls += 1;
        wheel.remove(other);
        if (calls === 1) wheel.add(own, 10);
      },
    };
    wheel.add(own, 10);
    wheel.add(other, 10);
    jest.advanceTimersByTime(1_000);
    expect(calls).toBe(2);
    expect(fired).toEqual([]);
  });

  test("calls entries that were due while the event loop was blocked, even for longer than a turn", () => {
    let nowMs = 0;
    const blocked = new TimeWheel(() => nowMs);
    blocked.add(entry("late"), 100);
    blocked.add(entry("later"), 6_000);
    blocked.add(entry("far"), 60_000);
    nowMs = 30_000;
    jest.advanceTimersToNextTimer();
    expect(fired.sort()).toEqual(["late", "later"]);
  });

  test("runs its timer only while something waits", () => {
    expect(wheel.isTurning).toBe(false);
    const own = entry("own");
    wheel.add(own, 1_000);
    expect(wheel.isTurning).toBe(true);
    wheel.remove(own);
    jest.advanceTimersByTime(20);
    expect(wheel.isTurning).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
    wheel.add(own, 10);
    jest.advanceTimersByTime(20);
    expect(fired).toEqual(["own"]);
  });
});
