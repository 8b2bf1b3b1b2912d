#!/bin/sh
# .deb: remove, or upgrade NEW VERSION; .rpm: 0 at the removal, 1 at an upgrade
set -e
case "$1" in
remove | 0) ;;
*) exit 0 ;;
esac
[ ! -d /run/systemd/system ] || systemctl disable --now bilateral.service
