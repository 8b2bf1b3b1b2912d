#!/usr/bin/env bash
# Every check that a change must pass. Needs Go, a C compiler (for the race detector) and, the first time, the network:
# the two checkers come at pinned versions through the Go module proxy and do not enter go.mod.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2
govulncheck=golang.org/x/vuln/cmd/govulncheck@v1.8.0

command -v go >/dev/null || { echo "test.sh: go is not here. Install Go 1.26 or newer." >&2; exit 1; }
command -v "$(go env CC)" >/dev/null || { echo "test.sh: the race detector needs a C compiler. On Debian: apt-get install gcc libc6-dev" >&2; exit 1; }
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

formatted() {
  local found
  found=$(gofmt -l .) && [ -z "$found" ] && return
  printf 'not formatted; run gofmt -w on:\n%s\n' "$found"
  return 1
}

static() {
  GOBIN=$scratch go install "$staticcheck" && "$scratch/staticcheck" ./...
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

# Prints a line a package, all that a failed package said, and into the file $1 how many tests passed, failed and were
# skipped. A test with subtests is not counted, its subtests are; a package that failed without a failed test counts as one.
tests() {
  local counts=$1
  shift
  go test -v "$@" 2>&1 | awk -v counts="$counts" '
    function close_test() { if (held != "") n[how]++; held = "" }
    /^=== / { next }
    /^ *--- (PASS|FAIL|SKIP): / {
      if (index($3, held "/") != 1) close_test()
      held = $3; how = $2
      if (how == "FAIL:") broken = 1
    }
    /^ok[ \t]/ { close_test(); print; said = ""; next }
    /^FAIL\t/ { close_test(); printf "%s%s\n", said, $0; said = ""; if (!broken) n["FAIL:"]++; broken = 0; next }
    /^\?/ { next }
    !/^ *--- PASS: / { said = said $0 "\n" }
    END {
      close_test()
      printf "%s", said
      printf "%d passed, %d failed", n["PASS:"], n["FAIL:"] > counts
      if (n["SKIP:"]) printf ", %d skipped", n["SKIP:"] > counts
    }'
}

# The planner is left out here: it starts no goroutine, and its worlds would take most of the time.
raced() {
  tests "$scratch/raced" -race -short $(go list ./... | grep -v /internal/plan$)
  local code=$?
  echo "under the race detector: $(cat "$scratch/raced")"
  return $code
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
check "go vet" go vet ./...
check staticcheck static
check govulncheck vulnerable
check "go test" tests "$scratch/counts" ./...
check "go test -race" raced

echo "${failed:+FAILED: $failed. }$(cat "$scratch/counts")"
[ -z "$failed" ]
