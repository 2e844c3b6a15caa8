import { readFile } from "node:fs/promises";
import { toRenderFailure } from "./render-failure.ts";

describe("the failure that an error of rendering stands for", () => {
  test("blames no file for what the system could not do", async () => {
    const missing: unknown = await readFile("/no/such/file").catch((error) => error);
    expect(toRenderFailure(missing).reason).toBe("file_not_read");
    const ofSystem = (code: string) => Object.assign(new Error("no"), { syscall: "open", code });
    expect(toRenderFailure(ofSystem("EMFILE")).reason).toBe("file_not_read");
    expect(toRenderFailure(ofSystem("ENOMEM")).reason).toBe("out_of_memory");
  });

  test("blames the file for what a decoder says, unless it speaks of memory", () => {
    expect(toRenderFailure(new Error("pngload: libspng read error")).reason).toBe("unreadable");
    expect(toRenderFailure(new Error("Input image exceeds pixel limit")).reason).toBe(
      "too_expensive",
    );
    expect(toRenderFailure(new Error("heif: Memory allocation error")).reason).toBe(
      "out_of_memory",
    );
  });
});
