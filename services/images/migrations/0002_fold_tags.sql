-- Tags are folded further since: `café` composed in two ways is one tag.
-- As fold() of the service does it, for texts that were in lower case already: one composition of
-- accents, one width and style of letters, no invisible characters.
create function pg_temp.fold(text) returns text language sql immutable as $$
  select regexp_replace(
    regexp_replace(
      replace(replace(lower(normalize($1, NFKC)), 'ß', 'ss'), 'ς', 'σ'),
      '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8\U000E0000-\U000E0FFF]',
      '', 'g'),
    '([\u0001-\u024F]|^)[\u200C\u200D]+', '\1', 'g')
$$;

create function pg_temp.fold_tag(text) returns text language sql immutable as $$
  -- A tag that would be too long stays as it is.
  select case when char_length(pg_temp.fold($1)) <= 50 then btrim(pg_temp.fold($1)) else $1 end
$$;

insert into image_tags (image_id, tag)
select image_id, pg_temp.fold_tag(tag) from image_tags
where pg_temp.fold_tag(tag) <> tag and pg_temp.fold_tag(tag) <> ''
on conflict do nothing;
delete from image_tags where pg_temp.fold_tag(tag) <> tag;

update images set tags = array(
  select folded from (
    select pg_temp.fold_tag(tag) as folded, min(place) as place
    from unnest(tags) with ordinality as given (tag, place) group by 1
  ) as once
  where folded <> '' order by place
)
where exists (select 1 from unnest(tags) as given (tag) where pg_temp.fold_tag(tag) <> tag);
