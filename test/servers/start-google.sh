#!/bin/bash
# start-google.sh DIR PORT: the stand-in for Google on loopback, as google-standin/main.go describes it. Stop it with
# stop.sh DIR.
. "$(dirname "$0")/lib.sh"
DIR=${1:?DIR} PORT=${2:?PORT}
mkdir -p "$DIR"
DIR=$(cd "$DIR" && pwd -P)
cd "$here/../.."
GOFLAGS=-mod=mod go build -o "$DIR/google-standin" ./test/servers/google-standin
setsid "$DIR/google-standin" -address "127.0.0.1:$PORT" -dir "$DIR" </dev/null >"$DIR/is" 2>"$DIR/log" &
echo $! > "$DIR/pid"
answers "http://127.0.0.1:$PORT/control/violations" "$DIR/pid"
cat "$DIR/is"
