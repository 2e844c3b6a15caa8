-- The comments of every image. The primary key begins with the partition key.
create table comments (
  image_id uuid not null,
  id uuid not null,
  parent_id uuid,
  author_id uuid,
  depth smallint not null,
  body text not null,
  reply_count integer not null,
  edited boolean not null,
  deleted boolean not null,
  version integer not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  constraint comments_key primary key (image_id, id),
  -- A comment is also found by its id alone, which ends in its image's slot and so tells its shard.
  -- This is a unique index but for its kind: a hash has no order. Over a b-tree of ids the planner
  -- listed one image's comments by walking through everybody's, as long as no image had few of
  -- them.
  constraint comments_id exclude using hash (id with =),
  constraint comments_parent foreign key (image_id, parent_id) references comments (image_id, id),
  constraint comments_depth check (depth between 1 and 8 and (depth = 1) = (parent_id is null)),
  constraint comments_reply_count check (reply_count >= 0),
  constraint comments_live_or_tombstone check (
    case
      when deleted then author_id is null and body = '' and reply_count > 0
      else author_id is not null and char_length(body) between 1 and 2000
    end
  )
);

-- ListComments, in both directions.
create index comments_top_level on comments (image_id, id) where parent_id is null;

-- ListReplies.
create index comments_replies on comments (image_id, parent_id, id) where parent_id is not null;

-- How many comments each image has, tombstones not counted: changed in the transaction of every
-- insert and delete.
create table image_comment_counts (
  image_id uuid not null,
  count integer not null,
  constraint image_comment_counts_key primary key (image_id),
  constraint image_comment_counts_count check (count >= 0)
);
