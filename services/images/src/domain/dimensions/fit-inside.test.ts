import sharp from "sharp";
import { fitInside } from "./fit-inside.ts";

describe("a picture that is shrunk", () => {
  test.each([
    [2048, 1365, 512, 341],
    [1365, 2048, 341, 512],
    [2048, 1537, 1024, 769],
    [8192, 3, 2048, 1],
    [8192, 1, 2048, 1],
    [512, 512, 512, 512],
    [100, 80, 100, 80],
  ])("from %d × %d has %d × %d", (width, height, expectedWidth, expectedHeight) => {
    const size = fitInside({ width, height }, Math.max(expectedWidth, expectedHeight));
    expect(size).toEqual({ width: expectedWidth, height: expectedHeight });
  });

  test("is never enlarged", () => {
    expect(fitInside({ width: 100, height: 80 }, 512)).toEqual({ width: 100, height: 80 });
  });

  test("has the size that sharp gives it", async () => {
    for (let height = 1; height <= 2048; height += 97) {
      for (const [width, side] of [
        [2048, 1024],
        [2048, 512],
        [1717, 1024],
        [1023, 512],
      ] as const) {
        const pixels = { create: { width, height, channels: 3, background: "#456" } } as const;
        const { info } = await sharp(pixels)
          .resize(side, side, { fit: "inside", withoutEnlargement: true, kernel: "nearest" })
          .raw()
          .toBuffer({ resolveWithObject: true });
        const size = fitInside({ width, height }, side);
        expect({ width, height, side, size }).toEqual({
          ...{ width, height, side },
          size: { width: info.width, height: info.height },
        });
      }
    }
  });
});
