#!/usr/bin/env bash
# The service on a real systemd: boots Debian 12 in a container (systemd as process 1, its own network), installs the .deb
# and the .rpm, an older and a newer version of each, and lives through what check.sh lists. One command, as root on Debian;
# the first time it fetches packages:
#
#   test/systemd/run.sh
#
# PACKAGES=DIR keeps the packages there, and takes those that are there instead of building any; CACHE=DIR keeps the Debian
# root elsewhere (default /var/cache/bilateral-test). The log of the machine is left in OUT=DIR, if that is given.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${CACHE:-/var/cache/bilateral-test}
root=$cache/bookworm

# inside a mount namespace of its own, so that nothing is left mounted however it ends
if [ "${1:-}" = --boot ]; then
  work=$2 group=$3
  umount -R /sys/fs/cgroup
  mount -t cgroup2 none /sys/fs/cgroup
  mkdir "/sys/fs/cgroup/$group"
  echo $$ >"/sys/fs/cgroup/$group/cgroup.procs"
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir /run/upper /run/work /run/root
  mount -t overlay overlay -o "lowerdir=$root,upperdir=/run/upper,workdir=/run/work" /run/root
  mkdir /run/root/test
  cp -r "$work/old" "$work/new" "$here/check.sh" /run/root/test/
  export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
  exec systemd-nspawn --quiet --register=no --keep-unit --boot --private-network --link-journal=no --resolv-conf=off \
    --timezone=off --console=pipe --system-call-filter=bpf --bind="$work/out:/test/out" -D /run/root
fi

[ "$(id -u)" = 0 ] || { echo "run.sh: a container is started by root alone: sudo $0" >&2; exit 1; }
. "$here/../servers/lib.sh"
install systemd-container mmdebstrap

needs=systemd,systemd-sysv,dbus,libnss-systemd,libpam-systemd,dbus-user-session,polkitd,procps,radicale,curl,rpm,sudo
if [ "$(cat "$root.ready" 2>/dev/null)" != "$needs" ]; then
  echo "making a Debian 12 in $root"
  rm -rf "$root" "$root.ready"
  mkdir -p "$cache"
  mmdebstrap --quiet --variant=minbase --include="$needs" \
    --dpkgopt=force-unsafe-io --aptopt='Acquire::Languages "none"' bookworm "$root" $(ls /etc/apt/sources.list.d/debian.sources 2>/dev/null) >"$cache/log" 2>&1 ||
    { tail -20 "$cache/log" >&2; exit 1; }
  echo bilateral-test >"$root/etc/hostname"
  : >"$root/etc/fstab"
  echo uninitialized >"$root/etc/machine-id"
  for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer e2scrub_reap.service console-getty.service getty@tty1.service radicale.service systemd-networkd-wait-online.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
  done
  cat >"$root/etc/systemd/system/test.service" <<'U'
[Unit]
After=multi-user.target
[Service]
Type=exec
Environment=LC_ALL=C.UTF-8
ExecStart=/bin/bash -c '/bin/bash /test/check.sh >/test/out/result 2>&1; echo $? >/test/out/code; journalctl -b --no-pager -o short-monotonic >/test/out/journal; systemctl poweroff -ff'
U
  mkdir -p "$root/etc/systemd/system/graphical.target.wants"
  ln -sf ../test.service "$root/etc/systemd/system/graphical.target.wants/test.service"
  echo "$needs" >"$root.ready"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/out"
packages=${PACKAGES:-$work/packages}
for version in old:1.0.0 new:1.0.1; do
  dir=$packages/${version%:*}
  [ -e "$dir/SHA256SUMS" ] || VERSION=${version#*:} ARCHS=$(go env GOHOSTARCH) "$here/../../packaging/build.sh" "$dir" >/dev/null
  mkdir "$work/${version%:*}"
  cp "$dir"/*.deb "$dir"/*.rpm "$work/${version%:*}/"
done

timeout -k 5 "${LIMIT:-300}" unshare --mount --propagation private "$0" --boot "$work" "bilateral-test.$$" </dev/null >"$work/out/console" 2>&1 || true
for group in /sys/fs/cgroup{/unified,}/bilateral-test.$$; do
  [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
done
if [ -n "${OUT:-}" ]; then
  mkdir -p "$OUT"
  cp "$work"/out/* "$OUT/"
fi
[ -s "$work/out/code" ] || { echo "run.sh: the machine gave no result; its console:" >&2; tail -20 "$work/out/console" >&2; exit 1; }
cat "$work/out/result"
exit "$(cat "$work/out/code")"
