-- A list costs the same however many images stand in it that the viewer may not see.

-- What a stranger sees of an owner, whatever else the owner has.
create index images_listed_of_owner on images (owner_id, id desc)
  where visibility = 'public' and state <> 'failed';

-- The tags of images together with what decides who sees them in a list, so that an index answers
-- both. image_tags has the tags alone. It is written still, for the version before this one.
create table tagged_images (
  image_id uuid not null references images (id) on delete cascade,
  tag text not null,
  owner_id uuid not null,
  -- Everyone may see it in a list.
  listed boolean not null,
  primary key (owner_id, tag, image_id)
);
-- For the trigger and the removal of an image. A hash has no order: over a b-tree of image ids the
-- planner listed a frequent tag by walking through the images of all tags.
create index tagged_images_image on tagged_images using hash (image_id);

-- By a trigger, since the version before this one must keep these rows right too, as long as some
-- of its processes run.
create function tag_image() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    delete from tagged_images where image_id = new.id;
  end if;
  insert into tagged_images (image_id, tag, owner_id, listed)
  select distinct new.id, tag, new.owner_id, new.visibility = 'public' and new.state <> 'failed'
  from unnest(new.tags) as given (tag);
  return null;
end $$;

create trigger tagged_images_insert after insert on images
  for each row execute function tag_image();
create trigger tagged_images_update after update of tags, visibility, state on images
  for each row when (
    old.tags <> new.tags
    or (old.visibility = 'public' and old.state <> 'failed')
      <> (new.visibility = 'public' and new.state <> 'failed')
  )
  execute function tag_image();

-- The triggers' lock lets nobody write an image until the end of this transaction.
insert into tagged_images (image_id, tag, owner_id, listed)
select distinct id, tag, owner_id, visibility = 'public' and state <> 'failed'
from images, unnest(tags) as given (tag);

create index tagged_images_listed on tagged_images (tag, image_id desc) where listed;
create index tagged_images_listed_of_owner on tagged_images (owner_id, tag, image_id desc)
  where listed;

-- Whether a user likes an image is one row of likes_pkey. Where most images have few likes the
-- planner took likes_newest as well, and so read all likes of an image that has very many. This
-- tells it to expect twenty for each image.
alter table likes alter column image_id set (n_distinct = -0.05);

-- The planner knows nothing of either until then.
analyze likes;
analyze tagged_images;
