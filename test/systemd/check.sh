#!/bin/bash
# Run by run.sh inside the booted machine, as root. Each line of its output is a sentence about the service that held or not.
set -u
failed=0
unit=bilateral.service

# holds SENTENCE COMMAND...
holds() {
  local sentence=$1
  shift
  if "$@"; then echo "ok    $sentence"; else echo "FAIL  $sentence"; failed=1; explain; fi
}
explain() {
  systemctl status --no-pager -n 8 $unit 2>&1 | sed 's/^/      /' | tail -25
}
show() { systemctl show -P "$1" $unit; }
is() { [ "$(show "$1")" = "$2" ] || { echo "      $1 is \"$(show "$1")\", not \"$2\""; false; }; }
says() { show StatusText | grep -Eq -- "$1" || { echo "      the status is \"$(show StatusText)\""; false; }; }
logged() { journalctl --sync; journalctl -b --no-pager -u $unit | grep -Eq -- "$1"; }
# within SECONDS COMMAND...
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || { "$@"; return 1; }; sleep 0.1; done
}
not() { ! "$@"; }
# took COMMAND...: its time in tenths of seconds, in $tenths
took() { local from; from=$(date +%s%N); "$@"; local code=$?; tenths=$((($(date +%s%N) - from) / 100000000)); return $code; }
seconds() { echo "$((tenths / 10)).$((tenths % 10)) s"; }
# drop SECTION TEXT...: another drop-in for the unit
drop() { mkdir -p /etc/systemd/system/$unit.d; printf '%s\n' "$@" >/etc/systemd/system/$unit.d/test.conf; systemctl daemon-reload; }
# settings: whatever an administrator may have changed, as one text
settings() { find /etc/bilateral /etc/systemd/system /etc/credstore* \( -type f -exec sha256sum {} + -o -type l -printf '%p -> %l\n' \) | sort; }
look() { runuser -u "$1" -- curl -s --unix-socket "${2:-/run/bilateral/watch}" http://localhost/healthz; }
status_of() { local user=$1; shift; runuser -u "$user" -- bilateral status "$@" 2>&1; }

echo "# systemd $(systemctl --version | sed -n 's/^systemd \([0-9]*\).*/\1/p'), $(. /etc/os-release; echo "$PRETTY_NAME")"

# a CalDAV server for the owner and the executive
mkdir -p /srv/radicale
printf 'alice:alicepw\ndana:danapw\n' >/srv/radicale/users
cat >/srv/radicale/config <<C
[server]
hosts = 127.0.0.1:5232
[auth]
type = htpasswd
htpasswd_filename = /srv/radicale/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = /srv/radicale/collections
[web]
type = none
C
server() { systemd-run --quiet --unit=server radicale --config /srv/radicale/config; within 30 curl -s -o /dev/null http://127.0.0.1:5232/; }
server
for user in alice dana; do
  curl -s -o /dev/null -u $user:${user}pw -X MKCALENDAR http://127.0.0.1:5232/$user/work/
done

# config FILE HORIZON DANA'S-PASSWORD
config() {
  cat >"$1" <<C
[me]
name     = "Alice Chen"
email    = "alice@example.org"
timezone = "Europe/Berlin"

[calendar.work]
type       = "caldav"
url        = "http://127.0.0.1:5232/"
username   = "alice"
password   = { credential = "dav" }
collection = "/alice/work/"

[calendar.dana]
type       = "caldav"
url        = "http://127.0.0.1:5232/"
username   = "dana"
password   = $3
collection = "/dana/work/"

[[bilateral]]
name     = "dana"
calendar = "work"
mode     = "act"
invite   = "none"
prefer   = "Wed 15:30"
duration = "45m"
minimum  = "20m"
horizon  = "$2"

[bilateral.executive]
name     = "Dana Boss"
email    = "dana@example.org"
timezone = "Europe/Berlin"
busy     = ["dana"]
C
}
good='{ credential = "dana" }' pipe='{ file = "/srv/pipe" }'

echo "# the package"
holds "the package installs on a clean Debian" eval 'dpkg -i /test/old/*.deb >/dev/null'
holds "it brings the user" getent passwd bilateral
holds "it starts nothing" not systemctl is-active --quiet $unit
holds "it brings man page, completion and an example that is right but for its passwords" eval \
  '[ -e /usr/share/man/man1/bilateral.1.gz -a -e /usr/share/bash-completion/completions/bilateral ] && bilateral --config /usr/share/doc/bilateral/examples/config.toml plan 2>&1 | grep -q dav.password'
dpkg-query -W -f '${Version}' bilateral >/tmp/version
holds "it knows its version" eval 'bilateral version | grep -qF "$(sed s/-1$// /tmp/version)"'
holds "install without a config is refused and says what to do" eval 'bilateral install --system 2>&1 | grep -q "sudo bilateral --config /etc/bilateral/config.toml init"'
exposure=$(systemd-analyze security --no-pager $unit | sed -n 's/.*level for bilateral.service: \([0-9.]*\).*/\1/p')
holds "the exposure of the installed unit is $exposure, at most 1.1" [ "${exposure/./}" -le 11 ]

echo "# start"
config /etc/bilateral/config.toml "3 weeks" "$good"
chmod 600 /etc/bilateral/config.toml
mkdir -p /etc/credstore.encrypted
printf alicepw | systemd-creds encrypt --name=dav - /etc/credstore.encrypted/bilateral.dav 2>/dev/null
printf danapw >/etc/credstore.dana
chmod 600 /etc/credstore.dana
mkdir -p /etc/systemd/system/$unit.d
printf '[Service]\nLoadCredentialEncrypted=dav:bilateral.dav\nLoadCredential=dana:/etc/credstore.dana\n' >/etc/systemd/system/$unit.d/credentials.conf
took bilateral install --system >/tmp/installed
cat /tmp/installed | sed 's/^/      /'
holds "install starts it ($(seconds), first pass included)" is ActiveState active
holds "the credentials arrive, one of them encrypted, and both calendars are read and written" says '^ok: [34] held; next Wed'
holds "the status line is that of status --short" eval '[ "$(show StatusText)" = "$(status_of bilateral --short)" ]'
holds "it is enabled" systemctl is-enabled --quiet $unit
holds "the log is JSON with priorities" eval 'journalctl -b -u $unit -p info -o cat --no-pager | grep -q "^{\"level\":\"info\",.*\"started\"}"'
holds "install may be repeated" eval 'bilateral install --system >/dev/null'

sed 's|/usr/bin/|/usr/local/bin/|' /usr/lib/systemd/system/$unit >/etc/systemd/system/$unit
holds "a unit that goes before the package's is told" eval 'bilateral install --system --dry-run | grep -q "sudo rm /etc/systemd/system/bilateral.service"'
rm /etc/systemd/system/$unit

echo "# the next version of the package"
echo "# changed by the administrator" >>/etc/bilateral/config.toml
settings >/tmp/settings
pid=$(show MainPID)
holds "it restarts the service" eval 'dpkg -i /test/new/*.deb >/dev/null && is ActiveState active && ! is MainPID $pid >/dev/null'
holds "which is the new version" eval 'bilateral version | grep -qF 1.0.1 && [ "$(readlink /proc/$(show MainPID)/exe)" = /usr/bin/bilateral ]'
holds "config, credentials, drop-ins and enablement are as they were" eval 'settings | diff /tmp/settings -'
systemctl stop $unit
holds "a service that was stopped stays so, also with an older version" eval 'dpkg -i /test/old/*.deb >/dev/null 2>&1 && is ActiveState inactive && systemctl is-enabled --quiet $unit'
dpkg -i /test/new/*.deb >/dev/null
systemctl start $unit

echo "# a first pass that takes long, and a boot without a network"
mkfifo -m 600 /srv/pipe
chown bilateral /srv/pipe
config /etc/bilateral/config.toml "3 weeks" "$pipe"
systemctl restart --no-block $unit
sleep 3
holds "it is not ready while the first pass has not ended" is ActiveState activating
printf danapw >/srv/pipe
holds "it is ready once it has" within 10 is ActiveState active
config /etc/bilateral/config.toml "3 weeks" "$good"
systemctl stop server.service
holds "a server that is away is no failure to start" systemctl restart $unit
holds "the status says what cannot be read" says 'cannot be read'
server
runuser -u bilateral -- bilateral add "Vendor B?" --kind question >/dev/null
holds "it goes on when the server is back, at the next change by a command" within 20 says '^ok: [34] held'

echo "# reload"
config /etc/bilateral/config.toml "7 weeks" "$good"
pid=$(show MainPID)
holds "reload is accepted" systemctl reload $unit
holds "the changed config is in use" within 20 says '^ok: [78] held'
sed -i 's/^horizon.*/horizont = "1 week"/' /etc/bilateral/config.toml
systemctl reload $unit
holds "a wrong config is not taken, and the status names the line" within 10 says '^config not taken: /etc/bilateral/config.toml:[0-9]+: .*horizont.*; ok: [78] held'
holds "the same process goes on" is MainPID "$pid"
config /etc/bilateral/config.toml "7 weeks" "$good"
systemctl reload $unit
holds "mended, it is taken" within 20 says '^ok: [78] held'
holds "and stays ready" is ActiveState active

echo "# who may look, and who may not"
useradd carol && usermod -aG bilateral carol && useradd mallory
holds "a member of the group sees the status" eval 'status_of carol | grep -q "the daemon runs"'
holds "and its exit code is that of monitoring" eval 'status_of carol --json >/tmp/json; [ $? = 0 ]'
holds "others do not" eval '! status_of mallory | grep -q held'
holds "a member cannot write, and is told who may" eval '! runuser -u carol -- bilateral add x --kind update 2>/tmp/denied && grep -q "sudo -u bilateral" /tmp/denied'
holds "root is sent to the service's user" eval 'bilateral add x --kind update 2>&1 | grep -q "sudo -u bilateral"'
holds "root may look" eval 'bilateral status --short | grep -q "held"'
holds "the service's user may write" eval 'runuser -u bilateral -- bilateral add "Board date?" --kind question | grep -q .'
holds "and reach the calendars with the service's credentials" eval 'runuser -u bilateral -- bilateral check >/dev/null'
sed -i 's/"act"/"watch"/' /etc/bilateral/config.toml
systemctl reload $unit
holds "and start a bilateral, which edits the config and reloads the daemon" eval 'runuser -u bilateral -- bilateral start dana --yes >/dev/null && grep -q "\"act\"" /etc/bilateral/config.toml'
holds "which the group may still read" eval '[ "$(stat -c "%U %G %a" /etc/bilateral/config.toml)" = "bilateral bilateral 640" ] && status_of carol --json | grep -q "\"mode\": \"act\""'
holds "nothing in the state belongs to another" eval '[ -z "$(find /var/lib/bilateral ! -user bilateral)" ]'
systemctl stop $unit
holds "a member sees it after the end too" eval 'status_of carol | grep -q "no daemon runs"'
systemctl start $unit
drop '[Service]' 'Restart=no'
systemctl kill -s KILL $unit
within 5 is ActiveState failed
holds "and after a kill, beside a log that nobody holds" eval 'status_of carol | grep -q "no daemon runs"'
systemctl reset-failed $unit

echo "# a socket for monitoring"
sed -i '1i listen = "unix:/run/bilateral/watch"' /etc/bilateral/config.toml
systemctl restart $unit
holds "it answers a member of the group" within 10 eval 'look carol | grep -q "^ok: [78] held"'
holds "and no stranger" not look mallory
systemctl restart $unit
holds "also after a restart" eval 'look carol | grep -q held'
systemctl stop $unit
holds "nothing is left of it" [ ! -e /run/bilateral ]

echo "# a Google calendar whose credentials are missing, beside one that works"
config /etc/bilateral/config.toml "7 weeks" "$good"
cat >>/etc/bilateral/config.toml <<'C'

[calendar.team]
type        = "google"
credentials = { file = "client.json" }

[[bilateral]]
name     = "month"
calendar = "team"
cadence  = "monthly"
prefer   = "first Mon 10:00"

[bilateral.executive]
name     = "Dana Boss"
email    = "dana@example.org"
timezone = "Europe/Berlin"
busy     = []
C
holds "the service starts" systemctl start $unit
holds "the status is critical" says '^critical: '
holds "and names the file, and the step" eval 'status_of carol | grep -q "client.json: no such file" && status_of carol | grep -q "do: bilateral check"'
holds "the other bilateral is served" eval 'status_of carol dana --short | grep -Eq "^ok: [78] held"'

echo "# a credential that is missing"
config /etc/bilateral/config.toml "7 weeks" "$good"
mv /etc/credstore.encrypted/bilateral.dav /root/
holds "the service starts" systemctl restart $unit
holds "the status names the credential" says '^critical: .*systemd passed no credential "dav"'
mv /root/bilateral.dav /etc/credstore.encrypted/
systemctl restart $unit
holds "a restart with it is enough" says '^ok: [78] held'

echo "# the watchdog"
drop '[Service]' 'WatchdogSec=6s' 'RestartSec=1s'
systemctl restart $unit
sleep 14
holds "a daemon that waits is fed by its loop: no kill in twice the time" is NRestarts 0
pid=$(show MainPID)
kill -STOP "$pid"
took within 30 not is MainPID "$pid" >/dev/null
holds "a stopped daemon is killed ($(seconds) with WatchdogSec=6s)" logged 'Watchdog timeout'
holds "and restarted" within 20 is ActiveState active
holds "once" is NRestarts 1
config /etc/bilateral/config.toml "7 weeks" "$pipe"
pid=$(show MainPID)
systemctl reload --no-block $unit
took within 40 not is MainPID "$pid" >/dev/null
holds "a pass that hangs in a read is killed ($(seconds))" [ "$(journalctl -b --no-pager -u $unit | grep -c 'Watchdog timeout')" = 2 ]
holds "its log says where it hung" logged 'goroutine .*\[syscall'
config /etc/bilateral/config.toml "7 weeks" "$good"
systemctl restart $unit
holds "it works again" says 'held'

echo "# failures"
drop '[Service]' 'RestartSec=1s'
systemctl restart $unit
systemctl kill -s SEGV $unit
holds "a crash is restarted" within 10 is NRestarts 1
within 10 is ActiveState active
echo nonsense >>/etc/bilateral/config.toml
systemctl restart $unit 2>/dev/null
sleep 4
holds "a wrong config ends with exit code 2" is ExecMainStatus 2
holds "and is not tried again" is NRestarts 0
holds "the failure is seen" is ActiveState failed
holds "the log says which line" logged 'config.toml:3[0-9]'
config /etc/bilateral/config.toml "7 weeks" "$good"
systemctl reset-failed $unit

echo "# stop"
systemctl restart $unit
took systemctl stop $unit
holds "it stops at once while it waits ($(seconds))" [ $tenths -lt 20 ]
holds "and well" is Result success
drop '[Service]' 'TimeoutStopSec=4s'
config /etc/bilateral/config.toml "7 weeks" "$pipe"
systemctl restart --no-block $unit
sleep 2
took systemctl stop $unit
holds "a pass that hangs cannot hold it up ($(seconds) with TimeoutStopSec=4s)" [ $tenths -lt 60 ]
config /etc/bilateral/config.toml "7 weeks" "$good"
systemctl reset-failed $unit

echo "# the sandbox: what a program in it can do"
cat >/usr/local/bin/probe <<'P'
#!/bin/bash
# prints what it could do and should not
try() { local what=$1; shift; "$@" >/dev/null 2>&1 && echo "COULD $what"; }
try "write into /etc" touch /etc/bilateral/x
try "write into /usr" touch /usr/x
try "write into /srv" touch /srv/x
try "write another service's state" touch /var/lib/x
try "see homes" ls /home/carol
try "see root's home" ls /root
try "see /tmp of others" test -e /tmp/version
try "see other processes" test -e /proc/1
try "read the kernel's log" dmesg
try "write the kernel's settings" sh -c 'echo 1 >/proc/sys/kernel/sysrq'
try "make a device" mknod /var/lib/bilateral/null c 1 3
try "mount" mount -t tmpfs tmpfs /var/lib/bilateral
try "make a namespace" unshare --user true
try "open a raw socket" bash -c 'ping -c1 127.0.0.1'
try "make a set-user program" sh -c 'cp /bin/true /var/lib/bilateral/s && chmod u+s /var/lib/bilateral/s'
try "become root" setpriv --reuid=0 true
try "set the clock" date -s 2030-01-01
touch /var/lib/bilateral/probe && rm /var/lib/bilateral/probe && echo "writes its state"
[ -s "$CREDENTIALS_DIRECTORY/dav" ] && echo "reads its credentials"
exit 0
P
chmod 755 /usr/local/bin/probe
rm -f /etc/systemd/system/$unit.d/test.conf
systemctl daemon-reload
sed 's/^Type=.*/Type=oneshot/; s|^ExecStart=.*|ExecStart=/usr/local/bin/probe|; /^WatchdogSec/d; /^Restart=/d' /usr/lib/systemd/system/$unit >/run/systemd/system/probe.service
mkdir -p /run/systemd/system/probe.service.d
cp /etc/systemd/system/$unit.d/credentials.conf /run/systemd/system/probe.service.d/
systemctl daemon-reload
touch /tmp/version
systemctl start probe.service
journalctl --sync
journalctl -b -u probe.service -o cat --no-pager | grep -E '^(COULD|writes|reads)' >/tmp/probed
holds "nothing outside is written, read or changed ($(grep -c '^try ' /usr/local/bin/probe) attempts)" eval '! grep COULD /tmp/probed'
holds "what it needs is there" eval 'grep -q "writes its state" /tmp/probed && grep -q "reads its credentials" /tmp/probed'

echo "# a folder of .ics files: the drop-in of the documentation"
mkdir -p /srv/calendars/alice /srv/calendars/dana
chown -R bilateral: /srv/calendars
config /etc/bilateral/config.toml "3 weeks" "$good"
systemctl stop $unit
rm -rf /var/lib/bilateral/*
sed -i '/^\[calendar.work\]/,/^collection/c [calendar.work]\ntype = "vdir"\npath = "/srv/calendars/alice"\n' /etc/bilateral/config.toml
systemctl restart $unit
holds "without it the folder cannot be written" eval '[ -z "$(ls /srv/calendars/alice)" ] && journalctl -b -u $unit -o cat --no-pager | tail -3 | grep -q "read-only file system"'
drop '[Service]' 'ReadWritePaths=/srv/calendars'
systemctl restart $unit
holds "with it the series is there" eval 'ls /srv/calendars/alice/*.ics >/dev/null'

echo "# a service of one's own"
useradd -m alice
systemctl start user@$(id -u alice).service
own() { runuser -u alice -- env XDG_RUNTIME_DIR=/run/user/$(id -u alice) "$@"; }
own mkdir -p /home/alice/.config/bilateral /home/alice/calendar
own bilateral init --name "Alice Chen" --email alice@example.org --timezone Europe/Berlin --type vdir --path /home/alice/calendar \
  --executive-name "Dana Boss" --executive-email dana@example.org --prefer "Wed 15:30" >/dev/null
sed -i "1i listen = \"unix:/run/user/$(id -u alice)/bilateral.sock\"" /home/alice/.config/bilateral/config.toml
own bilateral install | sed 's/^/      /'
holds "it runs under the user's manager" [ "$(own systemctl --user show -P ActiveState $unit)" = active ]
holds "it says how things stand" eval 'own systemctl --user show -P StatusText $unit | grep -q "watch\|held\|pending"'
holds "and does so without a session" [ "$(loginctl show-user alice --property=Linger --value)" = yes ]
holds "the user's commands find its state" eval 'own bilateral status | grep -q "the daemon runs"'
holds "its socket answers" eval 'look alice /run/user/$(id -u alice)/bilateral.sock | grep -q .'
own bilateral uninstall | sed 's/^/      /'
holds "all of it is taken back" eval '[ ! -e /home/alice/.config/systemd/user/$unit ] && [ ! -e /var/lib/systemd/linger/alice ]'
holds "config and state stay" eval '[ -e /home/alice/.config/bilateral/config.toml ] && [ -e /home/alice/.local/state/bilateral/bilateral.db ]'

echo "# uninstall"
cp /usr/bin/bilateral /usr/local/bin/bilateral
systemctl stop $unit
bilateral uninstall --system | sed 's/^/      /'
holds "it is disabled" not systemctl is-enabled --quiet $unit
systemctl start $unit
holds "the package goes without a complaint, and stops the service" eval 'dpkg -P bilateral >/dev/null && ! systemctl is-active --quiet $unit'
holds "config and state stay" [ -e /etc/bilateral/config.toml -a -e /var/lib/bilateral/bilateral.db ]
holds "no unit is left" eval '! systemctl cat $unit >/dev/null 2>&1'

echo "# the .rpm"
rpm() { command rpm --force-debian --nodeps "$@"; }
settings >/tmp/settings
holds "it installs, and starts and enables nothing" eval 'rpm -i /test/old/*.rpm && is ActiveState inactive && ! systemctl is-enabled --quiet $unit'
hash -r
bilateral install --system >/dev/null
holds "its service works" says '^ok: [34] held'
pid=$(show MainPID)
holds "the next version restarts it" eval 'rpm -U /test/new/*.rpm && is ActiveState active && ! is MainPID $pid >/dev/null && bilateral version | grep -qF 1.0.1'
holds "and leaves it enabled" systemctl is-enabled --quiet $unit
holds "erased, it is stopped and disabled, and no unit is left" eval 'rpm -e bilateral && ! systemctl is-active --quiet $unit && ! systemctl cat $unit >/dev/null 2>&1'
holds "nor any of its files" [ -z "$(find /usr/bin /usr/lib /usr/share -name '*bilateral*')" ]
holds "config, drop-ins and state stay" eval 'settings | diff /tmp/settings - && [ -e /var/lib/bilateral/bilateral.db ]'

echo "# without a package: the program alone"
hash -r
rm -f /etc/systemd/system/$unit.d/test.conf
drop '[Service]' 'ReadWritePaths=/srv/calendars'
cp /usr/local/bin/bilateral /root/bilateral
holds "a program that the sandbox hides is refused" eval '/root/bilateral install --system 2>&1 | grep -q "sudo install /root/bilateral /usr/local/bin/"'
/usr/local/bin/bilateral install --system | sed 's/^/      /'
holds "it runs" is ActiveState active
holds "and holds" says '^ok: [34] held'
bilateral uninstall --system | sed 's/^/      /'
holds "all of it is taken back" eval '[ ! -e /etc/systemd/system/$unit ] && [ ! -e /etc/sysusers.d/bilateral.conf ] && ! systemctl is-active --quiet $unit'
holds "a drop-in of the administrator's stays" [ -e /etc/systemd/system/$unit.d/credentials.conf ]
holds "to take it back again is no error" eval 'bilateral uninstall --system >/dev/null'

[ $failed = 0 ] && echo "# all held" || echo "# NOT all held"
exit $failed
