-- One database for everything: what is read together is in one row or joined, what is counted is a
-- column.
create table users (
  id uuid primary key,
  handle text collate "C" not null unique,
  email text not null,
  email_key text collate "C" not null unique,
  password_hash text not null,
  display_name text not null default '',
  display_name_key text collate "C" not null default '',
  bio text not null default '',
  avatar_image_id uuid,
  follower_count integer not null default 0,
  following_count integer not null default 0,
  version integer not null default 1,
  create_time timestamptz(3) not null default now(),
  update_time timestamptz(3) not null default now()
);

create table sessions (
  user_id uuid not null references users (id) on delete cascade,
  id uuid not null unique,
  refresh_token_hash bytea not null,
  user_agent text not null default '',
  create_time timestamptz(3) not null default now(),
  refresh_time timestamptz(3) not null default now(),
  expire_time timestamptz(3) not null,
  primary key (user_id, id)
);

create table images (
  id uuid primary key,
  owner_id uuid not null references users (id),
  title text not null,
  description text not null,
  tags text[] not null,
  visibility text not null check (visibility in ('public', 'unlisted', 'private')),
  comments_open boolean not null default true,
  state text not null default 'processing' check (state in ('processing', 'ready', 'failed')),
  failure text,
  width integer not null default 0,
  height integer not null default 0,
  content_type text not null,
  size_bytes integer not null,
  blob_hash text not null,
  placeholder text not null default '', -- base64
  -- [{ "name", "width", "height", "contentType", "hash" }], the largest first. They are written
  -- once and always read whole, so they are no table of their own.
  variants jsonb not null default '[]',
  like_count integer not null default 0,
  comment_count integer not null default 0,
  version integer not null default 1,
  create_time timestamptz(3) not null default now(),
  update_time timestamptz(3) not null default now()
) with (fillfactor = 85); -- a count changes within its page (a HOT update)

create index images_listed on images (id desc) where visibility = 'public' and state <> 'failed';
create index images_of_owner on images (owner_id, id desc);

create table likes (
  image_id uuid not null references images (id) on delete cascade,
  user_id uuid not null references users (id) on delete cascade,
  create_time timestamptz(3) not null default now(),
  primary key (image_id, user_id)
);

create table comments (
  id uuid primary key,
  image_id uuid not null references images (id) on delete cascade,
  parent_id uuid references comments (id),
  author_id uuid references users (id),
  depth smallint not null,
  body text not null,
  reply_count integer not null default 0,
  edited boolean not null default false,
  deleted boolean not null default false,
  version integer not null default 1,
  create_time timestamptz(3) not null default now(),
  update_time timestamptz(3) not null default now()
);

create index comments_top_level on comments (image_id, id desc) where parent_id is null;
create index comments_replies on comments (parent_id, id) where parent_id is not null;
