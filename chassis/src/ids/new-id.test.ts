import { isId, newId, newIdIn, slotOf } from "./new-id.ts";

describe("newId", () => {
  test("returns ids that sort in the order of their creation", () => {
    const ids = Array.from({ length: 10_000 }, newId);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("returns UUIDs of version 7", () => {
    expect(isId(newId())).toBe(true);
    expect(newId()[14]).toBe("7");
  });
});

describe("newIdIn", () => {
  test("returns ids in the slot of their partition that still sort and differ", () => {
    const partition = newId();
    const ids = Array.from({ length: 10_000 }, () => newIdIn(partition));
    expect(new Set(ids.map(slotOf))).toEqual(new Set([slotOf(partition)]));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every(isId)).toBe(true);
  });
});

describe("slotOf", () => {
  test.each([
    ["01890000-0000-7000-8000-000000000000", 0],
    ["01890000-0000-7000-8000-0000000001ff", 511],
    ["01890000-0000-7000-8000-00000000ffff", 65_535],
  ])("reads the last two bytes of %s", (id, slot) => {
    expect(slotOf(id)).toBe(slot);
  });
});

describe("isId", () => {
  test.each([
    "",
    "me",
    "01890000-0000-7000-8000-00000000000",
    "01890000-0000-7000-8000-0000000000000",
    "01890000-0000-7000-8000-00000000000G",
    "01890000-0000-7000-8000-0000000000AB",
    "01890000-0000-7000-8000-000000000000\n",
    "{1890000-0000-7000-8000-00000000000}",
    "0189000000007000800000000000000000000",
  ])("refuses %j", (value) => {
    expect(isId(value)).toBe(false);
  });
});
