#!/bin/bash
# start-xandikos.sh DIR PORT: Xandikos on loopback, a CalDAV server without scheduling. Stop it with stop.sh DIR.
# It asks nobody for a password and takes everybody for alice: a web server before it is meant to know who is who.
. "$(dirname "$0")/lib.sh"
DIR=${1:?DIR} PORT=${2:?PORT}
install xandikos curl
mkdir -p "$DIR/collections"
setsid /usr/bin/xandikos --defaults --current-user-principal /alice/ -d "$DIR/collections" -l 127.0.0.1 -p "$PORT" </dev/null >>"$DIR/log" 2>&1 &
echo $! > "$DIR/pid"
BASE=http://127.0.0.1:$PORT
answers "$BASE/" "$DIR/pid"
for folder in dana dana/calendars; do
  curl -s -o /dev/null -X MKCOL "$BASE/$folder/"
done
calendar "$BASE/dana/calendars/work/" dana danapw "Dana"
cat <<O
ROOT=$BASE/
ALICE=$BASE/alice/calendars/calendar/
ALICE_HOME=$BASE/alice/calendars/
ALICE_PRINCIPAL=$BASE/alice/
ALICE_NAME=calendar
DANA=$BASE/dana/calendars/work/
DANA_AS_ALICE=$BASE/dana/calendars/work/
O
