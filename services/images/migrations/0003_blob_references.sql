-- By these the database finds who names a content: the sweep compares reference counts with these
-- rows, and the removal of a content must find none. Without them each read both tables whole.
create index images_blob on images (blob_hash);
create index variants_blob on variants (blob_hash);
