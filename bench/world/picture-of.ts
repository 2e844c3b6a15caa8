import type { UploadedPicture } from "./uploaded-pictures.ts";

/** Returns the picture whose bytes an image has: each in turn. */
export function pictureOf(pictures: readonly UploadedPicture[], index: number): UploadedPicture {
  const picture = pictures[index % pictures.length];
  if (picture === undefined) throw new Error("a world has at least one uploaded picture");
  return picture;
}
