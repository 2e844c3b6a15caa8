-- The order in which images are rendered, which is fair to their owners: start-time fair queueing.
-- A row for each image that waits or is being rendered; it goes when the image is ready or failed.
create table render_turns (
  image_id uuid primary key references images (id) on delete cascade,
  owner_id uuid not null,
  -- In units of work, not of time: where the image's turn begins and ends, if every owner who waits
  -- gets as much work as every other. The queue is ordered by the end.
  virtual_start bigint not null check (virtual_start >= 0),
  virtual_finish bigint not null check (virtual_finish > virtual_start),
  started boolean not null default false
);

create index render_turns_of_owner on render_turns (owner_id, virtual_finish);
create index render_turns_waiting on render_turns (virtual_start) where not started;
create index render_turns_started on render_turns (virtual_finish) where started;
