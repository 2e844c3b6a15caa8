-- Runs once, when the image creates its data. The role of the service owns its database, may
-- connect to no other, and is no superuser. Nobody can sign in as the superuser over the network:
-- its password, which the image requires, is removed. `psql` in the container needs none.
\getenv service SERVICE
\getenv password POSTGRES_PASSWORD
-- max_connections, less 10 for a backup and for people.
create role :"service" login nosuperuser nocreatedb nocreaterole noreplication
  connection limit 90 password :'password';
create database :"service" owner :"service";
revoke all on database :"service", postgres, template1 from public;
alter role postgres password null;
