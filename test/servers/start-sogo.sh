#!/bin/bash
# start-sogo.sh DIR PORT: SOGo on loopback, groupware with a scheduling of its own, on a PostgreSQL and a memcached of its own.
# Stop it with stop.sh DIR. It needs root, and the two ports above PORT. Users alice, dana and erin at example.org (password:
# the name and "pw"); alice may write in dana's calendar, and sees nothing of erin's. It sends no mail.
. "$(dirname "$0")/lib.sh"
DIR=${1:?DIR} PORT=${2:?PORT}
install sogo memcached postgresql curl
[ "$(id -u)" = 0 ] || die "PostgreSQL and SOGo must be started as their own users: run this with sudo"
mkdir -p "$DIR"
DIR=$(cd "$DIR" && pwd -P)
up=$DIR
while [ "$up" != / ]; do chmod o+x "$up"; up=$(dirname "$up"); done
command install -d -o postgres -m 755 "$DIR/sock"
command install -d -o postgres -m 700 "$DIR/data"
command install -d -o sogo -m 700 "$DIR/sogo"
PG=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
(cd / && setpriv --reuid=postgres --regid=postgres --clear-groups env -i PATH="$PG:/usr/bin:/bin" LC_ALL=C \
  initdb -D "$DIR/data" -A trust -E UTF8 -N) >"$DIR/log.initdb" 2>&1 || die "initdb failed: see $DIR/log.initdb"
DB=postgresql://postgres:none@127.0.0.1:$((PORT + 1))/sogo
cat > "$DIR/run" <<R
trap "trap : TERM; kill 0; wait; exit" TERM
setpriv --reuid=postgres --regid=postgres --clear-groups postgres -D "$DIR/data" -k "$DIR/sock" -p $((PORT + 1)) -c listen_addresses=127.0.0.1 -c fsync=off &
memcached -u nobody -l 127.0.0.1 -p $((PORT + 2)) &
until pg_isready -q; do sleep 0.05; done
createdb -U postgres sogo
psql -q -U postgres sogo <<S
CREATE TABLE people (c_uid text PRIMARY KEY, c_name text, c_password text, c_cn text, mail text);
INSERT INTO people VALUES ('alice', 'alice', 'alicepw', 'Alice Chen', 'alice@example.org'), ('dana', 'dana', 'danapw', 'Dana Boss', 'dana@example.org'),
  ('erin', 'erin', 'erinpw', 'Erin', 'erin@example.org');
S
HOME="$DIR/sogo" setpriv --reuid=sogo --regid=sogo --clear-groups sogod -WOWorkersCount 4 -WOPidFile "$DIR/sogo/pid" -WOPort 127.0.0.1:$PORT -WOLogFile - \
  -WONoDetach YES -SOGoProfileURL $DB/sogo_user_profile -OCSFolderInfoURL $DB/sogo_folder_info -OCSSessionsFolderURL $DB/sogo_sessions_folder \
  -OCSEMailAlarmsFolderURL $DB/sogo_alarms_folder -SOGoMemcachedHost 127.0.0.1:$((PORT + 2)) -SOGoAppointmentSendEMailNotifications NO \
  -SOGoTimeZone Europe/Berlin -SOGoMailDomain example.org -SOGoUserSources \
  '({type=sql; id=people; viewURL="$DB/people"; canAuthenticate=YES; isAddressBook=YES; displayName=People; userPasswordAlgorithm=none;})' &
wait -n
trap : TERM
kill 0
wait
R
(cd / && exec setsid env -i PATH="$PG:/usr/sbin:/usr/bin:/bin" LC_ALL=C PGHOST="$DIR/sock" PGPORT=$((PORT + 1)) /bin/bash "$DIR/run") </dev/null >>"$DIR/log" 2>&1 &
echo $! > "$DIR/pid"
BASE=http://127.0.0.1:$PORT/SOGo/dav
answers "$BASE/" "$DIR/pid"
for user in alice dana erin; do
  # The first look of a user makes the calendar.
  curl -s -o /dev/null -u "$user:${user}pw" -X PROPFIND -H 'Depth: 1' "$BASE/$user/Calendar/"
done
curl -s -o /dev/null -u dana:danapw -X POST -H 'Content-Type: application/xml' --data-binary @- "$BASE/dana/Calendar/personal/" <<X
<?xml version="1.0" encoding="utf-8"?>
<acl-query xmlns="urn:inverse:params:xml:ns:inverse-dav"><set-roles user="alice"><PublicModifier/><PrivateModifier/><ConfidentialModifier/><ObjectCreator/><ObjectEraser/></set-roles></acl-query>
X
cat <<O
ROOT=$BASE/
ALICE=$BASE/alice/Calendar/personal/
ALICE_HOME=$BASE/alice/Calendar/
ALICE_PRINCIPAL=$BASE/alice/
ALICE_NAME=Personal Calendar
DANA=$BASE/dana/Calendar/personal/
DANA_AS_ALICE=$BASE/dana/Calendar/personal/
ERIN=$BASE/erin/Calendar/personal/
O
