#!/bin/bash
# start-davical.sh DIR PORT: DAViCal on loopback, a CalDAV server with scheduling, on a PostgreSQL of its own. Stop it with
# stop.sh DIR. It needs root. Users alice, dana and erin at example.org (password: the name and "pw"); alice may write in
# dana's calendar, and sees of erin's the busy time only. Nobody may send anybody invitations: where they may, DAViCal fails
# (500) at many a meeting that one of the tests' persons makes.
. "$(dirname "$0")/lib.sh"
DIR=${1:?DIR} PORT=${2:?PORT}
install davical php-cli php-pgsql php-xml php-curl postgresql curl
[ "$(id -u)" = 0 ] || die "PostgreSQL must be started as its own user: run this with sudo"
mkdir -p "$DIR"
DIR=$(cd "$DIR" && pwd -P)
up=$DIR
while [ "$up" != / ]; do chmod o+x "$up"; up=$(dirname "$up"); done
command install -d -o postgres -m 755 "$DIR/sock"
command install -d -o postgres -m 700 "$DIR/data"
PG=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
# DAViCal's own configuration names no host, so that PGHOST says which PostgreSQL it is.
as() { (cd / && exec setpriv --reuid=postgres --regid=postgres --clear-groups env -i PATH="$PG:/usr/bin:/bin" LC_ALL=C PGHOST="$DIR/sock" "$@"); }
as initdb -D "$DIR/data" -A trust -E UTF8 -N >"$DIR/log.initdb" 2>&1 || die "initdb failed: see $DIR/log.initdb"
(cd / && exec setsid env -i PATH="$PG:/usr/bin:/bin" LC_ALL=C PGHOST="$DIR/sock" PHP_CLI_SERVER_WORKERS=6 /bin/bash -c '
  trap "trap : TERM; kill 0; wait; exit" TERM # PHP does not end its workers
  setpriv --reuid=postgres --regid=postgres --clear-groups postgres -D "$1/data" -k "$1/sock" -c listen_addresses= -c fsync=off &
  cd /usr/share/davical/htdocs
  until pg_isready -q; do sleep 0.05; done
  setpriv --reuid=nobody --regid=nogroup --clear-groups php -S "127.0.0.1:$2" -t . &
  wait -n
  trap : TERM
  kill 0
  wait' davical "$DIR" "$PORT") </dev/null >>"$DIR/log" 2>&1 &
echo $! > "$DIR/pid"
until as pg_isready -q; do
  alive "$DIR/pid" || die "PostgreSQL died: see $DIR/log"
  sleep 0.05
done
as /usr/share/davical/dba/create-database.sh davical adminpw >"$DIR/log.database" 2>&1 || die "no database: see $DIR/log.database"
as psql -q davical >&2 <<S
WITH person AS (INSERT INTO usr (active, email_ok, updated, username, password, fullname, email)
  SELECT true, now(), now(), name, '**' || name || 'pw', initcap(name), name || '@example.org' FROM unnest(ARRAY['alice', 'dana', 'erin']) name
  RETURNING user_no, fullname)
INSERT INTO principal (type_id, user_no, displayname, default_privileges) SELECT 1, user_no, fullname, privilege_to_bits('caldav:read-free-busy') FROM person;
INSERT INTO grants (by_principal, to_principal, privileges, is_group)
  SELECT d.principal_id, a.principal_id, privilege_to_bits(ARRAY['DAV::read', 'DAV::write']), false
  FROM dav_principal d, dav_principal a WHERE d.username = 'dana' AND a.username = 'alice';
S
BASE=http://127.0.0.1:$PORT/caldav.php
answers "$BASE/" "$DIR/pid"
for user in alice dana erin; do
  calendar "$BASE/$user/calendar/" "$user" "${user}pw" "work of $user"
done
cat <<O
ROOT=$BASE/
ALICE=$BASE/alice/calendar/
ALICE_HOME=$BASE/alice/
ALICE_PRINCIPAL=$BASE/alice/
ALICE_NAME=work of alice
DANA=$BASE/dana/calendar/
DANA_AS_ALICE=$BASE/dana/calendar/
ERIN=$BASE/erin/calendar/
O
