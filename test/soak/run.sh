#!/usr/bin/env bash
# A real hour: the daemon, built with the race detector, makes passes as often as it may (every ten seconds, and when a
# command wakes it) against a Radicale and three folders, while people edit, the server goes away, passwords are wrong for
# a while, files break, the config changes and the process is suspended. Each minute its memory, goroutines, threads and
# open files are counted; the end is a verdict. One command, as root on Debian (the first time it fetches Radicale):
#
#   test/soak/run.sh
#
# MINUTES=n lives that long (default 60), OUT=DIR keeps all that was written, BILATERAL=FILE takes a binary that is there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
minutes=${MINUTES:-60}
work=${OUT:-$(mktemp -d)}
mkdir -p "$work"/{alice,bo,cy,state}
work=$(cd "$work" && pwd)
port=$((20000 + RANDOM % 10000))
base=http://127.0.0.1:$port
daemon=
. "$here/../servers/lib.sh"

ended() {
  [ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null || true
  "$here/../servers/stop.sh" "$work/radicale" 2>/dev/null || true
  [ -n "${OUT:-}" ] || rm -rf "$work"
}
trap ended EXIT

bin=${BILATERAL:-$work/bilateral}
[ -n "${BILATERAL:-}" ] || (cd "$here/../.." && go build -race -o "$bin" ./cmd/bilateral)
"$here/../servers/start-radicale.sh" "$work/radicale" "$port" >/dev/null
echo alicepw >"$work/password"
chmod 600 "$work/password"

# config HORIZON: three bilaterals over a server and folders, with an interval as short as is allowed
config() {
  cat <<C
interval = "1s"
[me]
name     = "Alice Chen"
email    = "alice@example.org"
timezone = "Europe/Berlin"
[calendar.work]
type       = "caldav"
url        = "$base/"
username   = "alice"
password   = { file = "$work/password" }
collection = "/alice/work/"
[calendar.dana]
type       = "caldav"
url        = "$base/"
username   = "alice"
password   = { file = "$work/password" }
collection = "/dana/cal/"
[calendar.alice]
type = "vdir"
path = "$work/alice"
[calendar.bo]
type = "vdir"
path = "$work/bo"
[calendar.cy]
type = "vdir"
path = "$work/cy"
C
  bilateral dana work dana weekly "Wed 15:30" "$1"
  bilateral bo alice bo daily 16:00 "2 weeks"
  bilateral cy alice cy weekly "Thu 16:30" "$1"
}

bilateral() {
  cat <<C
[[bilateral]]
name      = "$1"
calendar  = "$2"
busy      = ["work", "alice"]
mode      = "act"
cadence   = "$4"
prefer    = "$5"
duration  = "30m"
minimum   = "15m"
settle    = "5s"
max_moves = 50
horizon   = "$6"
[bilateral.executive]
name     = "${1^} Boss"
email    = "$1@example.org"
timezone = "America/New_York"
hours    = ["Mon-Fri 08:00-20:00"]
busy     = ["$3"]
C
}

config "8 weeks" >"$work/config.toml"
export BILATERAL_CONFIG=$work/config.toml STATE_DIRECTORY=$work/state GORACE="halt_on_error=0 log_path=$work/race" TZ=UTC

# every minute the runtime lists its goroutines into the log
GODEBUG=schedtrace=60000,scheddetail=1 "$bin" run --log-level debug --log-format json >"$work/log" 2>&1 </dev/null &
daemon=$!

# event NAME: a random half hour to three hours on a working day of the next five weeks
event() {
  local at=$(($(date +%s) / 86400 * 86400 + (1 + RANDOM % 35) * 86400 + (13 + RANDOM % 5) * 3600 + RANDOM % 4 * 900))
  printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//soak//EN\r\nBEGIN:VEVENT\r\nUID:%s@example.org\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:%s\r\nDTEND:%s\r\nSUMMARY:Board\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n' \
    "$1" "$(date -u -d "@$at" +%Y%m%dT%H%M%SZ)" "$(date -u -d "@$((at + (1 + RANDOM % 6) * 1800))" +%Y%m%dT%H%M%SZ)"
}

# edit: one thing that people do in their calendars; at most 40 entries a calendar stand at a time
edit() {
  local n=soak$((RANDOM % 40)) folder
  folder=$work/$(shuf -n1 -e alice bo cy)
  case $((RANDOM % 8)) in
    0|1|2) event "$n" | curl -s -m 5 -o /dev/null -u dana:danapw -T - -H 'Content-Type: text/calendar' "$base/dana/cal/$n.ics" || true ;;
    3) curl -s -m 5 -o /dev/null -u dana:danapw -X DELETE "$base/dana/cal/$n.ics" || true ;;
    4|5) event "$n" >"$folder/.new" && mv "$folder/.new" "$folder/$n.ics" ;;
    6) rm -f "$folder/$n.ics" ;;
    7) event "$n" >"$folder/$n.ics" && truncate -s $((RANDOM % 200)) "$folder/$n.ics" ;;
  esac
}

# command: one thing that the owner does in a terminal; what cannot be done just now is no failure
command_line() {
  local id
  case $((RANDOM % 6)) in
    0) "$bin" add "Vendor $RANDOM" --kind update --for dana ;;
    1) id=$("$bin" list --json | jq -r '[.. | .id? // empty][0] // empty'); [ -z "$id" ] || "$bin" "done" "$id" ;;
    2) "$bin" move dana "$(date -d "+$((1 + RANDOM % 5)) weeks" +%G-W%V)" "thu $((15 + RANDOM % 4)):00" ;;
    3) "$bin" status --json ;;
    4) "$bin" plan ;;
    5) "$bin" skip bo "$(date -d "+$((1 + RANDOM % 9)) days" +%F)" --reason soak ;;
  esac >>"$work/commands" 2>&1 || true
}

# mishap SECOND: what goes wrong, each at its own beat
mishap() {
  local second=$1
  case $((second % 120)) in
    20) config "$((6 + RANDOM % 3)) weeks" >"$work/config.toml"; kill -HUP "$daemon" ;;
    70) echo 'nonsense = 1' >"$work/bad" && cp "$work/config.toml" "$work/good" && cat "$work/bad" "$work/good" >"$work/config.toml"
        kill -HUP "$daemon"; sleep 2; cp "$work/good" "$work/config.toml" ;;
  esac
  case $((second % 300)) in
    100) "$here/../servers/stop.sh" "$work/radicale" ;;
    130) "$here/../servers/start-radicale.sh" "$work/radicale" "$port" >/dev/null ;;
    200) echo wrong >"$work/password" ;;
    220) echo alicepw >"$work/password" ;;
    250) kill -STOP "$daemon"; sleep 8; kill -CONT "$daemon" ;; # a laptop sleeps
  esac
}

# sample MINUTE: kB resident, goroutines (of the last listing), threads, open files, passes so far
sample() {
  local rss routines threads files passes
  rss=$(awk '/^VmRSS/ {print $2}' "/proc/$daemon/status")
  threads=$(awk '/^Threads/ {print $2}' "/proc/$daemon/status")
  files=$(find "/proc/$daemon/fd" -mindepth 1 | wc -l)
  routines=$(awk '/^SCHED / {n = 0} /^  G[0-9]+: status=/ && !/status=6/ {n++} END {print n+0}' "$work/log")
  passes=$(grep -c -e '"message":"pass done"' -e '"message":"pass failed"' "$work/log" || true)
  printf '%d\t%d\t%d\t%d\t%d\t%d\n' "$1" "$rss" "$routines" "$threads" "$files" "$passes" | tee -a "$work/samples"
}

echo "minute	rss_kB	goroutines	threads	files	passes"
began=$SECONDS last=-1
while [ $((SECONDS - began)) -lt $((minutes * 60)) ]; do
  kill -0 "$daemon" 2>/dev/null || { tail -5 "$work/log" >&2; die "the daemon died"; }
  second=$((SECONDS - began))
  if [ "$second" != "$last" ]; then
    for s in $(seq $((last + 1)) "$second"); do
      mishap "$s"
      [ $((s % 60)) != 30 ] || [ "$s" -lt 60 ] || sample $((s / 60)) # between two listings, so that the last is whole
    done
    last=$second
    [ $((second % 2)) != 0 ] || edit
    [ $((second % 15)) != 0 ] || command_line
  fi
  sleep 0.2
done

# The last passes find a calm world; then what stands is looked at.
echo alicepw >"$work/password"
alive "$work/radicale/pid" || "$here/../servers/start-radicale.sh" "$work/radicale" "$port" >/dev/null
sleep 20
series=$(grep -rl X-BILATERAL "$work/radicale/collections" "$work/alice" --include='*.ics' --exclude-dir=.Radicale.cache | wc -l)
"$bin" status --json >"$work/status.json" || true
kill -TERM "$daemon"
code=0
wait "$daemon" || code=$?
daemon=

failed=
fault() { echo "FAULT: $*"; failed=1; }
[ "$code" = 0 ] || fault "the daemon ended with code $code"
compgen -G "$work/race*" >/dev/null && fault "data races: $(cat "$work"/race* | grep -c 'DATA RACE')"
! grep -q '^panic:\|^goroutine [0-9]* \[' "$work/log" || fault "a panic stands in the log"
[ "$series" = 3 ] || fault "$series series stand, not 3"
jq -e '.daemon.last_pass' "$work/status.json" >/dev/null || fault "status cannot be read"
# The second quarter against the last one: the first minutes fill caches.
awk -v fail=0 '
  {rss[NR]=$2; go[NR]=$3; th[NR]=$4; fd[NR]=$5; passes=$6}
  function mean(a, from, to,  i, s) {for (i = from; i <= to; i++) s += a[i]; return s / (to - from + 1)}
  function most(a, from, to,  i, m) {for (i = from; i <= to; i++) if (a[i] > m) m = a[i]; return m}
  END {
    if (NR < 8) {print "too short for a verdict on growth: " NR " minutes"; exit 0}
    b = int(NR / 4) + 1; e = int(NR / 2); l = NR - int(NR / 4) + 1
    printf "%d minutes, %d passes\nresident memory: %.1f MB, then %.1f MB (%+.1f %%)\n", NR, passes, mean(rss, b, e) / 1024, mean(rss, l, NR) / 1024, (mean(rss, l, NR) / mean(rss, b, e) - 1) * 100
    printf "goroutines: at most %d, then %d\nthreads: at most %d, then %d\nopen files: at most %d, then %d\n", most(go, b, e), most(go, l, NR), most(th, b, e), most(th, l, NR), most(fd, b, e), most(fd, l, NR)
    if (mean(rss, l, NR) > 1.15 * mean(rss, b, e)) {print "FAULT: memory grows"; fail = 1}
    if (most(go, l, NR) > most(go, b, e) + 3) {print "FAULT: goroutines leak"; fail = 1}
    if (most(fd, l, NR) > most(fd, b, e) + 3) {print "FAULT: descriptors leak"; fail = 1}
    exit fail
  }' "$work/samples" || failed=1
if [ -n "$failed" ]; then
  echo "verdict: FAILED"
  exit 1
fi
echo "verdict: flat; no race, no leak, no second series"
