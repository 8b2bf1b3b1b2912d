#!/bin/bash
# start-mail.sh DIR PORT: Exim on loopback, which takes mail by SMTP and hands it to Cyrus, which serves it by IMAP. Stop
# them with stop.sh DIR. It needs root. PORT is SMTP, and those above it SMTPS, IMAP and IMAPS; each offers TLS. Cyrus and
# not Dovecot, because Debian has only one IMAP server installed at a time, and the calendars of start-cyrus.sh need it.
# Users alice and dana at example.org (password: the name and "pw"). Of other addresses there full@ is put off (451),
# bounce@ refused (550), gone@ taken and then bounced. QUEUE holds files for as long as a mail is under way. A
# mail that comes twice is there twice.
. "$(dirname "$0")/lib.sh"
DIR=${1:?DIR} PORT=${2:?PORT}
install exim4-daemon-light cyrus-imapd sasl2-bin openssl python3-minimal
[ "$(id -u)" = 0 ] || die "a mail server must be started as root"
mkdir -p "$DIR"
DIR=$(cd "$DIR" && pwd -P)
BIN=/usr/lib/cyrus/bin
# The users of both must be able to pass through every folder above their data; temporary folders are often private.
up=$DIR
while [ "$up" != / ]; do chmod o+x "$up"; up=$(dirname "$up"); done
for d in conf conf/db conf/log conf/msg conf/proc conf/socket conf/ptclient store proc lock; do
  command install -d -o cyrus -g mail -m 750 "$DIR/$d"
done
command install -d -o cyrus -g mail -m 755 "$DIR/sock" # Exim comes in here
command install -d -o Debian-exim -g Debian-exim -m 750 "$DIR/queue" "$DIR/log.exim"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$DIR/key.pem" -out "$DIR/cert.pem" 2>/dev/null
command install -o Debian-exim -m 600 "$DIR/key.pem" "$DIR/key.exim.pem"
command install -o cyrus -m 600 "$DIR/key.pem" "$DIR/key.cyrus.pem"
cat > "$DIR/imapd.conf" <<C
configdirectory: $DIR/conf
proc_path: $DIR/proc
mboxname_lockpath: $DIR/lock
defaultpartition: default
partition-default: $DIR/store
altnamespace: no
unixhierarchysep: yes
virtdomains: off
admins: cyrus
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: $DIR/sasldb2
sasl_mech_list: PLAIN
servername: localhost
duplicatesuppression: no
lmtpsocket: $DIR/sock/lmtp
idlesocket: $DIR/conf/socket/idle
notifysocket: $DIR/conf/socket/notify
tls_server_cert: $DIR/cert.pem
tls_server_key: $DIR/key.cyrus.pem
tls_sessions_db_path: $DIR/conf/db/tls_sessions.db
C
cat > "$DIR/cyrus.conf" <<C
START {
  recover cmd="$BIN/ctl_cyrusdb -C $DIR/imapd.conf -r"
}
SERVICES {
  imap cmd="$BIN/imapd -C $DIR/imapd.conf" listen="127.0.0.1:$((PORT + 2))" prefork=1 maxchild=20 proto="tcp4"
  imaps cmd="$BIN/imapd -s -C $DIR/imapd.conf" listen="127.0.0.1:$((PORT + 3))" prefork=1 maxchild=20 proto="tcp4"
  lmtp cmd="$BIN/lmtpd -C $DIR/imapd.conf" listen="$DIR/sock/lmtp" prefork=1 maxchild=5
}
EVENTS {
  checkpoint cmd="$BIN/ctl_cyrusdb -C $DIR/imapd.conf -c" period=30
}
C
for user in cyrus alice dana; do
  printf %s "${user}pw" | saslpasswd2 -p -c -f "$DIR/sasldb2" -u localhost "$user"
done
chown cyrus:mail "$DIR/sasldb2"
chmod 640 "$DIR/sasldb2"
cat > "$DIR/exim.conf" <<C
primary_hostname = mail.example.org
qualify_domain = example.org
domainlist local_domains = example.org
spool_directory = $DIR/queue
log_file_path = $DIR/log.exim/%slog
pid_file_path = $DIR/queue/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = $PORT : $((PORT + 1))
tls_on_connect_ports = $((PORT + 1))
tls_advertise_hosts = *
tls_certificate = $DIR/cert.pem
tls_privatekey = $DIR/key.exim.pem
auth_advertise_hosts = *
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
message_size_limit = 25M
deliver_drop_privilege = true
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  deny local_parts = bounce
    message = no such mailbox
  defer local_parts = full
    message = 4.2.2 mailbox full
  accept domains = +local_domains
  deny message = relay not permitted
begin routers
gone:
  driver = redirect
  local_parts = gone
  allow_fail
  data = :fail: this person has left
local:
  driver = accept
  domains = +local_domains
  transport = lmtp
begin transports
lmtp:
  driver = lmtp
  socket = $DIR/sock/lmtp
begin retry
* * F,1h,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if eq{\$auth3}{\${auth2}pw}}
  server_set_id = \$auth2
C
chown root:Debian-exim "$DIR/exim.conf"
chmod 640 "$DIR/exim.conf"
# One process stands for both, so that stopping it stops both.
(cd / && exec setsid env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/bash -c '
  cyrmaster -D -C "$1/imapd.conf" -M "$1/cyrus.conf" -p "$1/master.pid" -L "$1/log.master" & cyrus=$!
  exim4 -C "$1/exim.conf" -bdf -q1m & exim=$!
  trap "kill $cyrus $exim; wait; exit" TERM
  wait -n
  kill $cyrus $exim
  wait' mail "$DIR") </dev/null >>"$DIR/log" 2>&1 &
echo $! > "$DIR/pid"
for port in $PORT $((PORT + 1)) $((PORT + 2)) $((PORT + 3)); do
  opens "$port" "$DIR/pid"
done
python3 - $((PORT + 2)) <<'P'
import imaplib, sys
m = imaplib.IMAP4('127.0.0.1', int(sys.argv[1]))
m.login('cyrus', 'cyruspw')
for user in ('alice', 'dana'):
    m.create('user/' + user)
m.logout()
P
cat <<O
SMTP=127.0.0.1:$PORT
SMTPS=127.0.0.1:$((PORT + 1))
IMAP=127.0.0.1:$((PORT + 2))
IMAPS=127.0.0.1:$((PORT + 3))
CERTIFICATE=$DIR/cert.pem
QUEUE=$DIR/queue/input
O
