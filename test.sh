#!/usr/bin/env bash
# Every check that a change must pass. Needs Go, a C compiler (for the race detector), root (to start a Cyrus) and, the first
# time, the network: the checkers come at pinned versions through the Go module proxy and do not enter go.mod, and real
# servers as Debian packages, which the tests install and start on loopback (test/servers).
set -uo pipefail
cd "$(dirname "$0")" || exit 1

staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2
govulncheck=golang.org/x/vuln/cmd/govulncheck@v1.8.0

command -v go >/dev/null || { echo "test.sh: go is not here. Install Go 1.26 or newer." >&2; exit 1; }
# The race detector needs a C compiler; a bare Debian has none.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && { ! command -v gcc >/dev/null || [ ! -e /usr/include/stdlib.h ]; }; then
  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends gcc libc6-dev
fi
command -v "$(go env CC)" >/dev/null || { echo "test.sh: the race detector needs a C compiler. On Debian: apt-get install gcc libc6-dev" >&2; exit 1; }
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch" ${memory:+"$memory"}' EXIT

# The database syncs each write to the disk, and the tests make many thousands: they need not wait for a real one. Memory
# serves where there is enough of it, and where programs may be run from it.
if memory=$(mktemp -d -p /dev/shm 2>/dev/null) && printf '#!/bin/sh\n' >"$memory/try" && chmod 755 "$memory" "$memory/try" &&
  "$memory/try" && [ "$(df -k --output=avail "$memory" | tail -n 1)" -gt 8000000 ]; then
  export GOTMPDIR=$memory TMPDIR=$memory # the first is for go, and for the folders that it gives to tests
fi

formatted() {
  local found
  found=$(gofmt -l .) && [ -z "$found" ] && return
  printf 'not formatted; run gofmt -w on:\n%s\n' "$found"
  return 1
}

static() {
  GOBIN=$scratch go install "$staticcheck" && "$scratch/staticcheck" -tags servers ./...
}

# A database out of reach is told and passes: its absence says nothing about the change. Anything else fails.
vulnerable() {
  local said code
  GOBIN=$scratch go install "$govulncheck" || return
  said=$(timeout 180 "$scratch/govulncheck" ./... 2>&1)
  code=$?
  case $code:$said in
    124:*) said="NOT CHECKED: no answer from the vulnerability database within three minutes" code=0 ;;
    1:*"fetching vulnerabilities"*) said="NOT CHECKED: the vulnerability database cannot be reached. $said" code=0 ;;
  esac
  echo "$said"
  return $code
}

tests() {
  go test -json "$@" | go run ./internal/tally | tee -a "$scratch/tally"
}

# Everything but the planner, whose worlds would take most of the time without one goroutine, the engine and the simulation but
# for what starts some, and the program as a whole, whose parts are in the others.
raced() {
  tests -race -short -tags servers $(go list -tags servers ./... | grep -v -e /internal/plan$ -e /internal/engine$ -e /internal/sim$ -e /cmd/bilateral$ -e /test/endtoend$) &&
    tests -race -run 'TestAPassOfManyGroups|TestALoop' ./internal/engine # what has goroutines
}

# The program as people run it. It is told from where it runs, so it stays on the disk.
program() {
  (unset TMPDIR GOTMPDIR; tests -tags servers ./cmd/bilateral ./test/endtoend)
}

# What takes its time, and would take ten times as much under the race detector.
long() {
  tests ./internal/plan ./internal/engine ./internal/sim
}

total() {
  awk '/ passed, / { passed += $1; failed += $3 } END { print passed " passed, " failed " failed" }' "$scratch/tally"
}

failed=
check() {
  local name=$1 began=$SECONDS
  shift
  echo "== $name"
  "$@" || failed="$failed${failed:+, }$name"
  echo "   $((SECONDS - began)) s"
}

check "go.mod is tidy" go mod tidy -diff
check gofmt formatted
check "go vet" go vet -tags servers ./...
check staticcheck static
check govulncheck vulnerable
check "unit files" test/systemd/verify.sh
check "go test -race" raced
check "go test, the program" program
check "go test, the long ones" long

echo "${failed:+FAILED: $failed. }$(total)"
[ -z "$failed" ]
