#!/bin/bash
# start-radicale.sh DIR PORT: Radicale on loopback, a CalDAV server without scheduling. Stop it with stop.sh DIR.
# Users alice and dana (password: the name and "pw"); alice may write in dana's calendar.
. "$(dirname "$0")/lib.sh"
DIR=${1:?DIR} PORT=${2:?PORT}
install radicale curl
mkdir -p "$DIR"
printf 'alice:alicepw\ndana:danapw\n' > "$DIR/users"
cat > "$DIR/rights" <<R
[root]
user: .+
collection:
permissions: R
[own]
user: .+
collection: {user}
permissions: RW
[calendars]
user: .+
collection: {user}/[^/]+
permissions: rw
[shared]
user: alice
collection: dana
permissions: RW
[shared calendars]
user: alice
collection: dana/[^/]+
permissions: rw
R
cat > "$DIR/config" <<C
[server]
hosts = 127.0.0.1:$PORT
max_connections = 20
timeout = 30
[auth]
type = htpasswd
htpasswd_filename = $DIR/users
htpasswd_encryption = plain
delay = 0
[rights]
type = from_file
file = $DIR/rights
[storage]
filesystem_folder = $DIR/collections
[web]
type = none
[logging]
level = warning
C
setsid /usr/bin/radicale --config "$DIR/config" </dev/null >>"$DIR/log" 2>&1 &
echo $! > "$DIR/pid"
BASE=http://127.0.0.1:$PORT
answers "$BASE/" "$DIR/pid"
calendar "$BASE/alice/work/" alice alicepw "Alice work"
calendar "$BASE/dana/cal/" dana danapw "Dana"
cat <<O
ROOT=$BASE/
ALICE=$BASE/alice/work/
ALICE_HOME=$BASE/alice/
ALICE_PRINCIPAL=$BASE/alice/
ALICE_NAME=Alice work
DANA=$BASE/dana/cal/
DANA_AS_ALICE=$BASE/dana/cal/
O
