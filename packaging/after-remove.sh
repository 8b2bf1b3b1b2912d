#!/bin/sh
# Config and state stay: the follow-ups in the state are nobody's but the owner's.
set -e
[ ! -d /run/systemd/system ] || systemctl daemon-reload
