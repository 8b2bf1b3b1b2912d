#!/bin/bash
# start-mail.sh DIR PORT: Exim on loopback, which takes mail by SMTP and hands it to Dovecot, which serves it by IMAP. Stop
# them with stop.sh DIR. It needs root. PORT is SMTP, and those above it SMTPS, IMAP and IMAPS; TLS is offered at all.
# Any address at example.org exists (password: the part before the @ and "pw"), but for these:
#   full@ is put off (452), bounce@ refused (550), gone@ taken and then bounced.
. "$(dirname "$0")/lib.sh"
DIR=${1:?DIR} PORT=${2:?PORT}
install exim4-daemon-light dovecot-imapd dovecot-lmtpd openssl
[ "$(id -u)" = 0 ] || die "a mail server must be started as root"
mkdir -p "$DIR"
DIR=$(cd "$DIR" && pwd -P)
# The users of both must be able to pass through every folder above their data; temporary folders are often private.
up=$DIR
while [ "$up" != / ]; do chmod o+x "$up"; up=$(dirname "$up"); done
mkdir -p "$DIR/run"
command install -d -o Debian-exim -g Debian-exim -m 750 "$DIR/spool" "$DIR/log"
command install -d -o mail -g mail -m 750 "$DIR/mail"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$DIR/key.pem" -out "$DIR/cert.pem" 2>/dev/null
chown root:Debian-exim "$DIR/key.pem"
chmod 640 "$DIR/key.pem"
cat > "$DIR/exim.conf" <<C
primary_hostname = mail.example.org
qualify_domain = example.org
domainlist local_domains = example.org
spool_directory = $DIR/spool
log_file_path = $DIR/log/%slog
pid_file_path = $DIR/run/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = $PORT : $((PORT + 1))
tls_on_connect_ports = $((PORT + 1))
tls_advertise_hosts = *
tls_certificate = $DIR/cert.pem
tls_privatekey = $DIR/key.pem
auth_advertise_hosts = *
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
message_size_limit = 25M
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
  socket = $DIR/run/lmtp
begin retry
* * F,1h,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if eq{\$auth3}{\${local_part:\$auth2}pw}}
  server_set_id = \$auth2
C
cat > "$DIR/dovecot.conf" <<C
base_dir = $DIR/run
state_dir = $DIR/run
log_path = $DIR/log.dovecot
listen = 127.0.0.1
protocols = imap lmtp
ssl = yes
ssl_cert = <$DIR/cert.pem
ssl_key = <$DIR/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:~/Maildir
first_valid_uid = 8
lda_mailbox_autocreate = yes
postmaster_address = postmaster@example.org
passdb {
  driver = static
  args = password=%npw
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$DIR/mail/%n allow_all_users=yes
}
service imap-login {
  inet_listener imap {
    address = 127.0.0.1
    port = $((PORT + 2))
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $((PORT + 3))
    ssl = yes
  }
}
service lmtp {
  user = mail
  unix_listener lmtp {
    mode = 0666
  }
}
namespace inbox {
  inbox = yes
}
C
chown root:Debian-exim "$DIR/exim.conf"
chmod 640 "$DIR/exim.conf"
# One process stands for both, so that stopping it stops both.
setsid /bin/bash -c '
  /usr/sbin/dovecot -F -c "$1/dovecot.conf" & dovecot=$!
  /usr/sbin/exim4 -C "$1/exim.conf" -bdf -q1m & exim=$!
  trap "kill $dovecot $exim; wait; exit" TERM
  wait -n
  kill $dovecot $exim 2>/dev/null
  wait' mail "$DIR" </dev/null >>"$DIR/log.start" 2>&1 &
echo $! > "$DIR/pid"
for port in $PORT $((PORT + 1)) $((PORT + 2)) $((PORT + 3)); do
  opens "$port" "$DIR/pid"
done
cat <<O
SMTP=127.0.0.1:$PORT
SMTPS=127.0.0.1:$((PORT + 1))
IMAP=127.0.0.1:$((PORT + 2))
IMAPS=127.0.0.1:$((PORT + 3))
CERTIFICATE=$DIR/cert.pem
O
