import { readServiceOrder } from "./service-order.ts";

describe("readServiceOrder", () => {
  test.each([
    { service: "users", available: false },
    { service: "images", readOnly: true },
  ] as const)("reads %j", (order) => {
    expect(readServiceOrder(structuredClone(order))).toEqual(order);
  });

  test.each<[unknown]>([
    [undefined],
    [null],
    ["users"],
    [7],
    [[]],
    [{}],
    [{ service: "gateway", available: true }],
    [{ service: ["users"], available: true }],
    [{ service: "users", available: "yes" }],
    [{ service: "users", readOnly: 1 }],
  ])("ignores %j", (message) => {
    expect(readServiceOrder(message)).toBeUndefined();
  });
});
