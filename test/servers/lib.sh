# Sourced by the scripts beside it.
set -eu

die() { echo "$0: $*" >&2; exit 1; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

# install PACKAGE...: what is missing, without starting any service. Several tests may ask for it at the same time. It
# removes nothing: some servers exclude one another as packages (two for IMAP, say), and another test may be using the one
# that would go.
install() {
  ( flock 9; install_missing "$@" ) 9<"$here/lib.sh"
}

install_missing() {
  command -v dpkg-query >/dev/null || die "needs the Debian packages $*, and this is no Debian"
  missing=
  for p in "$@"; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $p"
  done
  [ -z "$missing" ] && return 0
  [ "$(id -u)" = 0 ] || die "not installed:$missing. Run this as root, or first: sudo apt-get install --no-install-recommends$missing"
  policy=/usr/sbin/policy-rc.d made=
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod 755 $policy
    made=1
  fi
  failed=
  for try in 1 2; do
    failed=
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-remove --no-install-recommends $missing >&2 9<&- && break
    failed=1
    apt-get -qq update >&2 9<&- || true
  done
  [ -z "$made" ] || rm -f $policy
  [ -z "$failed" ] || die "apt-get install$missing failed"
}

# alive PIDFILE: a zombie counts as dead.
alive() {
  [ -s "$1" ] || return 1
  case $(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$(cat "$1")/status" 2>/dev/null) in
    ''|Z) return 1 ;;
  esac
}

# answers URL PIDFILE: waits until the server answers anything.
answers() {
  for _ in $(seq 400); do
    alive "$2" || { tail -n 5 "${2%/*}"/log* >&2; die "the server died; above is the end of its log"; }
    case $(curl -s -o /dev/null -m 5 -w '%{http_code}' "$1" || true) in
      000|502|503) sleep 0.05 ;;
      *) return 0 ;;
    esac
  done
  die "no answer from $1"
}

# opens PORT PIDFILE: waits until somebody listens at a port of the loopback.
opens() {
  for _ in $(seq 400); do
    alive "$2" || die "the server died; its log is beside $2"
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
      return 0
    fi
    sleep 0.05
  done
  die "nobody listens at port $1"
}

# calendar URL USER PASSWORD NAME: makes a calendar, if it is not there.
calendar() {
  code=$(curl -s -o /dev/null -w '%{http_code}' -u "$2:$3" -X MKCALENDAR -H 'Content-Type: application/xml' --data-binary @- "$1" <<X
<?xml version="1.0" encoding="utf-8"?>
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop><D:displayname>$4</D:displayname><C:supported-calendar-component-set><C:comp name="VEVENT"/></C:supported-calendar-component-set></D:prop></D:set></C:mkcalendar>
X
)
  case $code in
    201|403|405|409) ;;
    *) die "MKCALENDAR $1: $code" ;;
  esac
}
