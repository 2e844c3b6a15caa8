import type { ReadOnlySwitch } from "#database/read-only-mode.ts";
import { answerReadOnly } from "./read-only-route.ts";

describe("the switch to read-only", () => {
  let isOn: boolean;
  const readOnly: ReadOnlySwitch = {
    status: () => ({ readOnly: isOn, operator: isOn, primary: "writable" }),
    set: (on) => {
      isOn = on;
    },
  };
  beforeEach(() => {
    isOn = false;
  });

  test.each(["127.0.0.1", "127.8.0.9", "::1", "::ffff:127.0.0.1"])(
    "can be used from %s, the process's own machine",
    (address) => {
      expect(answerReadOnly({ method: "PUT", address }, readOnly).status).toBe(200);
      expect(isOn).toBe(true);
    },
  );

  test.each(["10.0.0.7", "::ffff:10.0.0.7", "fe80::1", "nonsense", undefined])(
    "can be looked at from %s, and not used",
    (address) => {
      expect(answerReadOnly({ method: "GET", address }, readOnly).status).toBe(200);
      expect(answerReadOnly({ method: "PUT", address }, readOnly).status).toBe(403);
      expect(isOn).toBe(false);
      isOn = true;
      expect(answerReadOnly({ method: "DELETE", address }, readOnly).status).toBe(403);
      expect(isOn).toBe(true);
    },
  );
});
