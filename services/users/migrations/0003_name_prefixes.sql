-- A search by the beginning of a display name lists in the order of handles. It read every name
-- that matched and sorted them, which grew with the number of users. Here each beginning of a name
-- has its handles in order, so that a page is read and no more: about 1 kB for each user.
create table display_name_prefixes (
  -- The first 1 to 32 characters of users.display_name_key. A longer beginning has few names.
  prefix text collate "C" not null,
  handle text collate "C" not null,
  primary key (prefix, handle)
);

-- By a trigger, since the version before this one must keep these rows right too, as long as some
-- of its processes run. A user has one row for each character: there is no foreign key, since to
-- delete a user by it would need an index on the handle alone, which nothing else reads.
create function index_display_name() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    delete from display_name_prefixes
    where handle = old.handle and prefix = any(array(
      select left(old.display_name_key, length)
      from generate_series(1, least(char_length(old.display_name_key), 32)) as length));
  end if;
  if tg_op <> 'DELETE' then
    insert into display_name_prefixes (prefix, handle)
    select left(new.display_name_key, length), new.handle
    from generate_series(1, least(char_length(new.display_name_key), 32)) as length;
  end if;
  return null;
end $$;

create trigger display_name_prefixes_insert after insert or delete on users
  for each row execute function index_display_name();
create trigger display_name_prefixes_update after update of display_name_key, handle on users
  for each row when (
    old.display_name_key <> new.display_name_key or old.handle <> new.handle
  )
  execute function index_display_name();

-- The triggers' lock lets nobody write a user until the end of this transaction.
insert into display_name_prefixes (prefix, handle)
select left(display_name_key, length), handle
from users, generate_series(1, least(char_length(display_name_key), 32)) as length;

-- The planner knows nothing of it until then.
analyze display_name_prefixes;
