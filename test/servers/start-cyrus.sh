#!/bin/bash
# start-cyrus.sh DIR PORT: Cyrus on loopback, a CalDAV server with scheduling (RFC 6638). Stop it with stop.sh DIR.
# It needs root, and the port above PORT for its administration. Users alice, dana and erin at example.org (password: the
# name and "pw"); alice may write in dana's calendar, and sees of erin's the busy time only.
. "$(dirname "$0")/lib.sh"
DIR=${1:?DIR} PORT=${2:?PORT}
install cyrus-caldav cyrus-imapd sasl2-bin curl python3
[ "$(id -u)" = 0 ] || die "Cyrus must be started as root: run this with sudo"
mkdir -p "$DIR"
DIR=$(cd "$DIR" && pwd -P)
IMAP=$((PORT + 1)) BIN=/usr/lib/cyrus/bin
# The user cyrus must be able to pass through every folder above its data; temporary folders are often private.
up=$DIR
while [ "$up" != / ]; do chmod o+x "$up"; up=$(dirname "$up"); done
for d in conf conf/db conf/log conf/msg conf/proc conf/socket conf/ptclient spool proc lock sock; do
  command install -d -o cyrus -g mail -m 750 "$DIR/$d"
done
cat > "$DIR/imapd.conf" <<C
configdirectory: $DIR/conf
proc_path: $DIR/proc
mboxname_lockpath: $DIR/lock
defaultpartition: default
partition-default: $DIR/spool
altnamespace: no
unixhierarchysep: yes
virtdomains: off
admins: cyrus
autocreate_quota: -1
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: $DIR/sasldb2
sasl_mech_list: PLAIN
servername: localhost
defaultdomain: example.org
httpmodules: caldav
caldav_allowscheduling: on
caldav_allowcalendaradmin: yes
caldav_create_default: yes
caldav_create_sched: yes
caldav_maxdatetime: 20380119T031407Z
calendar_user_address_set: example.org
calendar_default_displayname: work
httpallowcompress: no
httpkeepalive: 20
lmtpsocket: $DIR/sock/lmtp
idlesocket: $DIR/sock/idle
notifysocket: $DIR/sock/notify
C
cat > "$DIR/cyrus.conf" <<C
START {
  recover cmd="$BIN/ctl_cyrusdb -C $DIR/imapd.conf -r"
}
SERVICES {
  imap cmd="$BIN/imapd -C $DIR/imapd.conf" listen="127.0.0.1:$IMAP" prefork=0 maxchild=5 proto="tcp4"
  http cmd="$BIN/httpd -C $DIR/imapd.conf" listen="127.0.0.1:$PORT" prefork=2 maxchild=20 proto="tcp4"
}
EVENTS {
  checkpoint cmd="$BIN/ctl_cyrusdb -C $DIR/imapd.conf -c" period=30
}
C
for user in cyrus alice dana erin; do
  printf %s "${user}pw" | saslpasswd2 -p -c -f "$DIR/sasldb2" -u localhost "$user"
done
chown cyrus:mail "$DIR/sasldb2"
chmod 640 "$DIR/sasldb2"
(cd / && exec setsid env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin /usr/sbin/cyrmaster -D -C "$DIR/imapd.conf" -M "$DIR/cyrus.conf" \
  -p "$DIR/master.pid" -L "$DIR/log.master") </dev/null >>"$DIR/log" 2>&1 &
echo $! > "$DIR/pid"
BASE=http://127.0.0.1:$PORT
answers "$BASE/" "$DIR/pid"
admin() { python3 - "$IMAP" "$@"; }
admin <<'P'
import imaplib, sys
m = imaplib.IMAP4('127.0.0.1', int(sys.argv[1]))
m.login('cyrus', 'cyruspw')
for user in ('alice', 'dana', 'erin'):
    m.create('user/' + user)
m.logout()
P
for user in alice dana erin; do
  # The first look of a user makes the default calendar, inbox and outbox.
  curl -s -o /dev/null -u "$user:${user}pw" -X PROPFIND -H 'Depth: 1' "$BASE/dav/calendars/user/$user/"
done
admin <<'P'
import imaplib, sys
m = imaplib.IMAP4('127.0.0.1', int(sys.argv[1]))
m.login('cyrus', 'cyruspw')
m.setacl('user/dana/#calendars/Default', 'alice', 'lrswitedn9')
m.setacl('user/erin/#calendars/Default', 'alice', '9')  # CALDAV:read-free-busy
m.logout()
m = imaplib.IMAP4('127.0.0.1', int(sys.argv[1]))
m.login('alice', 'alicepw')
m.subscribe('user/dana/#calendars/Default')  # so that alice's home lists it
m.logout()
P
cat <<O
ROOT=$BASE/
ALICE=$BASE/dav/calendars/user/alice/Default/
ALICE_HOME=$BASE/dav/calendars/user/alice/
ALICE_PRINCIPAL=$BASE/dav/principals/user/alice/
ALICE_NAME=work
DANA=$BASE/dav/calendars/user/dana/Default/
DANA_AS_ALICE=$BASE/dav/calendars/user/dana/Default/
ERIN=$BASE/dav/calendars/user/erin/Default/
O
