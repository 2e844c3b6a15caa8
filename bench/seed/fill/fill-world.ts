import { fillLikes } from "./fill-likes.ts";
import { fillPeople } from "./fill-people.ts";
import { awaitRendering, fillPictures } from "./fill-pictures.ts";
import { fillProfiles } from "./fill-profiles.ts";
import { fillThreads } from "./fill-threads.ts";
import type { Filling } from "./filling.ts";

/** How much was created; the rest of the world was there. */
export interface Created {
  readonly users: number;
  readonly images: number;
  readonly comments: number;
  readonly likes: number;
}

/**
 * Creates what a system lacks of a world. Throws `Stopped` if the run was stopped; the next run
 * then creates the rest.
 */
export async function fillWorld(filling: Filling): Promise<Created> {
  const { progress } = filling;
  const people = await fillPeople(filling);
  const users = progress.end();
  const exhibits = await fillPictures(filling, people);
  const images = progress.end();
  const ready = await awaitRendering(filling, exhibits);
  progress.end();
  await fillProfiles(filling, { people, exhibits: ready });
  progress.end();
  await fillThreads(filling, { people, exhibits });
  const comments = progress.end();
  await fillLikes(filling, { people, exhibits });
  return { users, images, comments, likes: progress.end() };
}
