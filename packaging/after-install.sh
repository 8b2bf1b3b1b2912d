#!/bin/sh
# .deb: configure [OLD VERSION]; .rpm: 1 at the first installation, 2 at an upgrade
set -e
case "$1" in
configure | 1 | 2) ;;
*) exit 0 ;;
esac

# The folder is the service's own, so that its commands can edit the config; the sandbox keeps the daemon from it.
if command -v systemd-sysusers >/dev/null; then
  systemd-sysusers /usr/lib/sysusers.d/bilateral.conf
  [ -e /etc/bilateral ] || install -d -o bilateral -g bilateral -m 0750 /etc/bilateral
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl try-restart bilateral.service || echo "bilateral: the new version does not start; see: journalctl -u bilateral" >&2
fi
