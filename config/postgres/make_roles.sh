#!/bin/sh
# Runs once, when the database is made: the roles that sign in. What they may do is given by the
# migration 0002; the owner of the tables, who runs migrations, is POSTGRES_USER.
set -eu

make_role() {
    password=$(cat "$3")
    psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
        --set role="$1" --set rights="$2" --set password="$password" <<'SQL'
CREATE ROLE :"rights" NOLOGIN;
CREATE ROLE :"role" LOGIN NOCREATEDB NOCREATEROLE PASSWORD :'password' IN ROLE :"rights";
SQL
}

make_role safeshare_apps safeshare_web "$POSTGRES_WEB_PASSWORD_FILE"
make_role safeshare_background safeshare_worker "$POSTGRES_WORKER_PASSWORD_FILE"
