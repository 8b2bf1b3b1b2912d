#!/bin/bash
# stop.sh DIR: stops the server that was started with DIR, and whatever it started itself.
. "$(dirname "$0")/lib.sh"
PID=${1:?DIR}/pid
alive "$PID" || exit 0
kill -TERM "$(cat "$PID")"
for _ in $(seq 100); do
  alive "$PID" || exit 0
  sleep 0.05
done
kill -KILL -- "-$(cat "$PID")"
