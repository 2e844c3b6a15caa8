-- What users are found by is folded further since: `José` composed in two ways is one address.
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

-- If two addresses become one, the account that has the key keeps it, else the oldest gets it. The
-- other is found by its handle.
with folded as (
  select id, email_key, key, row_number() over (partition by key order by create_time, id) as place
  from (select id, email_key, create_time, pg_temp.fold(email_key) as key from users) as keys
)
update users set email_key = folded.key
from folded
where users.id = folded.id and folded.key <> folded.email_key and folded.place = 1
  and char_length(folded.key) <= 254
  and not exists (select 1 from users as owner where owner.email_key = folded.key);

update users set display_name_key = left(pg_temp.fold(display_name_key), 200)
where display_name_key <> left(pg_temp.fold(display_name_key), 200);
