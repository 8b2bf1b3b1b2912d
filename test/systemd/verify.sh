#!/usr/bin/env bash
# Checks the unit files without starting anything: systemd-analyze finds nothing to say about them, and the exposure of the
# system unit is at most 1.1. As root on Debian it installs systemd where it is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v systemd-analyze >/dev/null; then
  [ "$(id -u)" = 0 ] || { echo "verify.sh: systemd-analyze is not here. On Debian: apt-get install systemd" >&2; exit 1; }
  . test/servers/lib.sh
  install systemd
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# quiet COMMAND...: systemd-analyze ends with 0 for a key that it does not know, so every word counts
quiet() {
  said=$("$@" 2>&1) && [ -z "$said" ] && return
  printf '%s\n%s\n' "$*" "$said" >&2
  return 1
}
for kind in system user; do
  mkdir "$work/$kind"
  # the program and the man page are not installed here, and that is no fault of the unit's
  sed 's|/usr/bin/bilateral|/bin/true|; /^Documentation=/d' "systemd/$kind/bilateral.service" >"$work/$kind/bilateral.service"
done
quiet systemd-analyze verify "$work/system/bilateral.service"
quiet env XDG_RUNTIME_DIR="$work" systemd-analyze --user verify "$work/user/bilateral.service"

limit=11
exposure=$(systemd-analyze security --offline=true --no-pager systemd/system/bilateral.service | sed -n 's/.*Overall exposure level for bilateral.service: \([0-9.]*\).*/\1/p')
echo "exposure of the system unit: ${exposure:?systemd-analyze security said nothing} (at most 1.1)"
[ "${exposure/./}" -le $limit ]
