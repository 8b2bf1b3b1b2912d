#!/bin/sh
# .deb: remove, or upgrade NEW VERSION; .rpm: 0 at the removal, 1 at an upgrade
set -e
case "$1" in
remove | 0) ;;
*) exit 0 ;;
esac
if [ -d /run/systemd/system ]; then
  systemctl disable --now bilateral.service
elif command -v systemctl >/dev/null; then # an image that is being made
  systemctl disable bilateral.service
fi
