-- Pictures, the bytes that they share, their renditions, tags and likes. Every key begins with the
-- image, by which the tables are to be sharded; bytes are shared within a shard.

create table blobs (
  -- sha256 of the bytes, in hex.
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  size_bytes integer not null check (size_bytes >= 0),
  -- How many images and variants name these bytes. At 0 the file may go, and then the row.
  reference_count integer not null check (reference_count >= 0),
  create_time timestamptz(3) not null default now()
);

create index blobs_unreferenced on blobs (hash) where reference_count = 0;

create table images (
  id uuid primary key,
  owner_id uuid not null,
  title text not null check (char_length(title) <= 200),
  description text not null check (char_length(description) <= 5000),
  -- In the owner's order; image_tags is what lists read.
  tags text[] not null check (cardinality(tags) <= 20),
  visibility text not null check (visibility in ('public', 'unlisted', 'private')),
  comments_open boolean not null default true,
  state text not null default 'processing' check (state in ('processing', 'ready', 'failed')),
  failure text check (failure in ('unreadable', 'too_expensive')),
  -- After orientation; 0 if unknown.
  width integer not null default 0 check (width >= 0),
  height integer not null default 0 check (height >= 0),
  content_type text not null,
  size_bytes integer not null check (size_bytes > 0),
  blob_hash text not null references blobs (hash),
  -- A thumbhash.
  placeholder bytea not null default '',
  like_count integer not null default 0 check (like_count >= 0),
  -- Bumped by the owner's changes only: it is the etag.
  version integer not null default 1,
  create_time timestamptz(3) not null default now(),
  update_time timestamptz(3) not null default now(),
  check ((state = 'failed') = (failure is not null))
);

-- Ids are UUIDv7: newest first is id desc.
create index images_listed on images (id desc) where visibility = 'public' and state <> 'failed';
create index images_of_owner on images (owner_id, id desc);

create table variants (
  image_id uuid not null references images (id) on delete cascade,
  name text not null check (name in ('large', 'medium', 'small', 'thumb')),
  width integer not null check (width > 0),
  height integer not null check (height > 0),
  content_type text not null,
  size_bytes integer not null check (size_bytes > 0),
  blob_hash text not null references blobs (hash),
  primary key (image_id, name)
);

create table image_tags (
  image_id uuid not null references images (id) on delete cascade,
  tag text not null check (char_length(tag) between 1 and 50),
  primary key (image_id, tag)
);

create index image_tags_newest on image_tags (tag, image_id desc);

create table likes (
  image_id uuid not null references images (id) on delete cascade,
  user_id uuid not null,
  create_time timestamptz(3) not null default now(),
  primary key (image_id, user_id)
);

create index likes_newest on likes (image_id, create_time desc, user_id desc);
