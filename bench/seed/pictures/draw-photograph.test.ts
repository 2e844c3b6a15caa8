import sharp from "sharp";
import type { Drawing } from "#seed/plan/plan-pictures.ts";
import { SUBJECTS } from "#seed/plan/subjects.ts";
import { drawPhotograph } from "./draw-photograph.ts";

const DRAWING: Drawing = {
  ...{ subject: "sea", width: 120, height: 80, format: "jpeg", isTurned: false, seed: 7 },
};

test.each(SUBJECTS)(
  "draws %s, the same for the same seed, and another for another",
  async (subject) => {
    const file = await drawPhotograph({ ...DRAWING, subject });
    expect(await drawPhotograph({ ...DRAWING, subject })).toEqual(file);
    expect(await drawPhotograph({ ...DRAWING, subject, seed: 8 })).not.toEqual(file);
  },
);

test.each(["jpeg", "png", "webp", "avif", "gif"] as const)("writes %s", async (format) => {
  const { width, height, ...metadata } = await sharp(
    await drawPhotograph({ ...DRAWING, format }),
  ).metadata();
  expect([width, height]).toEqual([120, 80]);
  expect(metadata.format).toBe(format === "avif" ? "heif" : format);
});

test("stores a picture on its side if the camera was turned", async () => {
  const file = await drawPhotograph({ ...DRAWING, isTurned: true });
  const { width, height, orientation, autoOrient } = await sharp(file).metadata();
  expect([width, height, orientation]).toEqual([80, 120, 6]);
  expect(autoOrient).toEqual({ width: 120, height: 80 });
});
