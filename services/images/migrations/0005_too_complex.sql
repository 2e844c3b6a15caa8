alter table images
  -- Tries to render an image alone that began and did not end, since their worker ended.
  add column lost_tries smallint not null default 0,
  drop constraint images_failure_check,
  add constraint images_failure_check
    check (failure in ('unreadable', 'too_expensive', 'too_complex'));
