-- Keys and handles are compared byte by byte (collate "C"): a prefix is then a range of the index,
-- whatever the server's language. What ignores case is folded by the service, so that all of its
-- databases agree.
create table users (
  id uuid primary key,
  handle text collate "C" not null check (handle ~ '^[a-z0-9_]{3,30}$'),
  email text not null check (char_length(email) between 3 and 254),
  -- The e-mail address in lower case.
  email_key text collate "C" not null,
  password_hash text not null,
  display_name text not null default '' check (char_length(display_name) <= 80),
  -- The display name in lower case, for the search by prefix.
  display_name_key text collate "C" not null default '',
  bio text not null default '' check (char_length(bio) <= 500),
  -- An image of the images service: no foreign key reaches there.
  avatar_image_id uuid,
  follower_count integer not null default 0 check (follower_count >= 0),
  following_count integer not null default 0 check (following_count >= 0),
  -- Counts the changes that the user makes; the etag.
  version integer not null default 1,
  create_time timestamptz not null default now(),
  update_time timestamptz not null default now(),
  constraint users_handle_key unique (handle),
  constraint users_email_key unique (email_key)
);

-- Finds by a prefix of the display name. The handle's prefix is found in users_handle_key.
create index users_display_name_index on users (display_name_key, handle);

-- A session is one signed-in device, and the family of its refresh tokens: each token replaces the
-- one before.
create table sessions (
  user_id uuid not null references users (id) on delete cascade,
  id uuid not null,
  -- SHA-256 of the one refresh token that is good now.
  refresh_token_hash bytea not null check (octet_length(refresh_token_hash) = 32),
  user_agent text not null default '' check (char_length(user_agent) <= 256),
  create_time timestamptz not null default now(),
  refresh_time timestamptz not null default now(),
  expire_time timestamptz not null,
  primary key (user_id, id),
  -- A refresh token names its session only.
  constraint sessions_id_key unique (id)
);
