package main

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// always answers every request so.
func always(status int, media, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		io.WriteString(w, body)
		return true
	}
}

// onWrite answers writes so.
func onWrite(status int, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		return r.Method == "PUT" && always(status, "application/xml", body)(w, r)
	}
}

func redirected(to string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusMovedPermanently)
		return true
	}
}

// giant sends a listing without an end, packed or not.
func giant(packed bool) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		var out io.Writer = w
		w.Header().Set("Content-Type", "application/xml")
		if packed {
			w.Header().Set("Content-Encoding", "gzip")
			zipper, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
			defer zipper.Close()
			out = zipper
		}
		w.WriteHeader(http.StatusMultiStatus)
		io.WriteString(out, `<d:multistatus xmlns:d="DAV:">`)
		block := bytes.Repeat([]byte("                "), 1<<12)
		for range 1 << 14 { // 1 GB
			if _, err := out.Write(block); err != nil {
				break
			}
		}
		return true
	}
}

const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d:multistatus xmlns:d="DAV:">&b;</d:multistatus>`

// office is two bilaterals: dana's on the server, and erin's in a folder, which nothing of that concerns.
type office struct {
	t      *testing.T
	dir    string
	server *standIn
	host   string
	env    []string
}

func newOffice(t *testing.T, serve func(http.Handler) *httptest.Server) *office {
	t.Helper()
	server := &standIn{texts: map[string]string{}}
	web := serve(server)
	t.Cleanup(web.Close)
	o := &office{t: t, dir: t.TempDir(), server: server, host: web.Listener.Addr().String()}
	o.env = append(os.Environ(), "HOME="+o.dir, "TZ=UTC", "BILATERAL_CONFIG="+filepath.Join(o.dir, "config.toml"), "STATE_DIRECTORY="+filepath.Join(o.dir, "state"))
	bilateral := func(name, calendar string) string {
		return fmt.Sprintf("[[bilateral]]\nname = %q\ncalendar = %q\nmode = \"act\"\ncadence = \"weekly\"\nprefer = \"Wed 15:30\"\nduration = \"45m\"\nminimum = \"20m\"\n"+
			"invite = \"none\"\n[bilateral.executive]\nname = \"%s Boss\"\nemail = \"%s@example.org\"\ntimezone = \"America/New_York\"\nbusy = []\n", name, calendar, name, name)
	}
	o.write("config.toml", "[me]\nname = \"Alice Chen\"\nemail = \"alice@example.org\"\ntimezone = \"Europe/Berlin\"\n"+
		"[calendar.work]\ntype = \"caldav\"\nurl = \""+web.URL+"\"\nusername = \"alice\"\npassword = { file = \"password\" }\ncollection = \""+standInCalendar+"\"\n"+
		"[calendar.local]\ntype = \"vdir\"\npath = \"local\"\n"+bilateral("dana", "work")+bilateral("erin", "local"))
	o.write("password", "pw\n")
	if err := os.Mkdir(filepath.Join(o.dir, "local"), 0o700); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) write(name, text string) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// object is the name of an event, which is new each time.
var object = regexp.MustCompile(`[^/]*@bilateral\.ics`)

// run runs the program and returns what it said and complained of, without what changes from time to time.
func (o *office) run(args ...string) (out, problems string, code int) {
	o.t.Helper()
	cmd := exec.Command("bilateral", args...)
	var said, complained bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = o.env, &said, &complained
	err := cmd.Run()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		code = failed.ExitCode()
	} else if err != nil {
		o.t.Fatal(err)
	}
	return said.String(), object.ReplaceAllString(strings.ReplaceAll(complained.String(), o.host, "HOST"), "UID.ics"), code
}

// fails makes a pass that ends with that exit code and these words, and does what it can for the other bilateral.
func (o *office) fails(code int, want string) {
	o.t.Helper()
	_, problems, got := o.run("run", "--once")
	if got != code || problems != want {
		o.t.Errorf("exit code %d with\n%swant %d with\n%s", got, problems, code, want)
	}
	if n := o.erins(); n != 1 {
		o.t.Errorf("the other bilateral has %d series", n)
	}
}

// passes makes a pass in which all is well: in the end each series is there, and was written once.
func (o *office) passes() {
	o.t.Helper()
	_, problems, code := o.run("run", "--once")
	stored, puts := o.server.series()
	if code != 0 || problems != "" || stored != 1 || puts != 1 || o.erins() != 1 {
		o.t.Errorf("afterwards: %d %q, %d stored with %d writes, the other bilateral has %d", code, problems, stored, puts, o.erins())
	}
}

// erins counts the meetings of the bilateral that is well.
func (o *office) erins() int {
	files, err := filepath.Glob(filepath.Join(o.dir, "local", "*.ics"))
	if err != nil {
		o.t.Fatal(err)
	}
	return len(files)
}

const (
	readError  = "bilateral: dana: read the calendar work: read HOST/alice/work/: "
	writeError = "bilateral: dana: write the series of dana to work: write HOST/alice/work/UID.ics: "
)

// faults is what may go wrong at a server, and the two lines and the exit code that come of it.
var faults = []struct {
	sentence string
	fault    func(http.ResponseWriter, *http.Request) bool
	code     int
	later    bool // try it also at a later pass
	want     string
}{
	{"a wrong password", always(401, "text/plain", ""), 3, true,
		readError + "sign-in needed: the server answered 401 Unauthorized\nSign in again: bilateral login, or correct the password that the config points at.\n"},
	{"no right to read", always(403, "text/plain", ""), 1, false,
		readError + "not allowed: the server answered 403 Forbidden\nGive the account access to this calendar, or name another in the config, then: bilateral check\n"},
	{"a calendar that vanished", always(404, "text/plain", ""), 1, true,
		readError + "not there: the server answered 404 Not Found\nCorrect this calendar's path, url or collection in the config, then: bilateral check\n"},
	{"a calendar that is gone for good", always(410, "text/plain", ""), 1, true,
		readError + "not there: the server answered 410 Gone\nCorrect this calendar's path, url or collection in the config, then: bilateral check\n"},
	{"a server in trouble", always(500, "text/plain", ""), 1, false,
		readError + "not reachable: the server answered 500 Internal Server Error\nIf it lasts, ask whoever keeps that server: its log says why. The daemon tries again by itself.\n"},
	{"a server that says when to come back", func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Retry-After", "Fri, 01 Jan 2100 12:00:00 GMT")
		return always(503, "text/plain", "")(w, r)
	}, 1, false, readError + "too many requests: the server answered 503 Service Unavailable\nWait until Fri 1 Jan 12:00 UTC; the daemon does so by itself.\n"},
	{"a sign-in page", always(200, "text/html", "<!DOCTYPE html><html><body>Please sign in</body></html>"), 1, false,
		readError + "not understood: what answers there is no CalDAV server: it answered 200\nCorrect the url in the config: a web page or a sign-in page answers there; then: bilateral check\n"},
	{"an XML bomb", always(207, "application/xml", bomb), 1, false,
		readError + "not understood: the answer has a document type definition, which DAV does not use and attackers do\nOpen the calendar in another program to see whether it is well; then: bilateral check\n"},
	{"an answer of 1 GB", giant(false), 1, false,
		readError + "not understood: the answer is longer than any calendar's\nOpen the calendar in another program to see whether it is well; then: bilateral check\n"},
	{"an answer of 1 GB, packed into a few KB", giant(true), 1, false,
		readError + "not understood: the answer is longer than any calendar's\nOpen the calendar in another program to see whether it is well; then: bilateral check\n"},
	{"a redirect to another host", redirected("https://elsewhere.example.net/dav/"), 1, false,
		readError + "not understood: redirected to https://elsewhere.example.net\nIf this calendar lives there now, put that address into the config as its url, then: bilateral check\n"},
	{"a redirect to plain http elsewhere", redirected("http://elsewhere.example.net/dav/"), 1, false,
		readError + "not understood: redirected to http://elsewhere.example.net\nIf this calendar lives there now, put that address into the config as its url, then: bilateral check\n"},
}

// refusals are the same for writes.
var refusals = []struct {
	sentence string
	fault    func(http.ResponseWriter, *http.Request) bool
	want     string
}{
	{"a calendar that may be read only", onWrite(403, ""),
		writeError + "not allowed: the server answered 403 Forbidden\nGive the account access to this calendar, or name another in the config, then: bilateral check\n"},
	{"a failure inside a success", onWrite(207, `<d:multistatus xmlns:d="DAV:"><d:response><d:href>/x</d:href><d:status>HTTP/1.1 403 Forbidden</d:status></d:response></d:multistatus>`),
		writeError + "not allowed: the server answered 207, with 403 Forbidden inside\nGive the account access to this calendar, or name another in the config, then: bilateral check\n"},
	{"no room", onWrite(507, ""),
		writeError + "not allowed: the server answered 507 Insufficient Storage\nMake room in that account, or have its administrator give it more; nothing was written.\n"},
	{"a server that takes no writes now", onWrite(503, ""),
		writeError + "not reachable: the server answered 503 Service Unavailable\nCheck the network and the calendar's address: bilateral check. The daemon tries again by itself.\n"},
	{"an answer that is lost after the write", nil,
		writeError + "not reachable: the connection broke off\nCheck the network and the calendar's address: bilateral check. The daemon tries again by itself.\n"},
}

func TestWhatGoesWrongAtAServerIsSaidInTwoLines(t *testing.T) {
	for _, row := range faults {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, httptest.NewServer)
			o.server.spoil(row.fault)
			o.fails(row.code, row.want)
			o.server.spoil(nil)
			o.passes()
			if row.later {
				o.server.spoil(row.fault)
				o.fails(row.code, row.want)
				o.server.spoil(nil)
				o.passes()
			}
		})
	}
	for _, row := range refusals {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, httptest.NewServer)
			if o.server.spoil(row.fault); row.fault == nil {
				o.server.spoil(o.server.loseAnswers)
			}
			o.fails(1, row.want)
			o.server.spoil(nil)
			o.passes()
		})
	}
}

// withCertificate starts a server with a certificate of its own, and returns the certificate too.
func withCertificate(t *testing.T, until time.Time) (serve func(http.Handler) *httptest.Server, file []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.AddDate(-1, 0, 0), NotAfter: until, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return func(h http.Handler) *httptest.Server {
		web := httptest.NewUnstartedServer(h)
		web.Config.ErrorLog = log.New(io.Discard, "", 0)
		web.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
		web.StartTLS()
		return web
	}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestACertificateThatIsNotGoodIsSaidInTwoLines(t *testing.T) {
	for _, row := range []struct {
		sentence string
		until    time.Time
		trusted  bool
		want     string // "": all is well
	}{
		{"good", time.Now().AddDate(0, 6, 0), true, ""},
		{"expired", time.Now().AddDate(0, -6, 0), true,
			"the server's certificate has expired, or is not valid yet\nHave it renewed, or set this computer's clock right; nothing was sent.\n"},
		{"signed by itself", time.Now().AddDate(0, 6, 0), false,
			"the server's certificate is signed by nobody whom this computer trusts\n" +
				"If the server is your own, add its certificate to this computer's (SSL_CERT_FILE names a file of them); nothing was sent.\n"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			serve, file := withCertificate(t, row.until)
			o := newOffice(t, serve)
			if row.trusted {
				o.write("trusted.pem", string(file))
				o.env = append(o.env, "SSL_CERT_FILE="+filepath.Join(o.dir, "trusted.pem"))
			}
			if row.want == "" {
				o.passes()
				return
			}
			o.fails(1, readError+"not reachable: "+row.want)
		})
	}
}

func TestAServersClockThatIsWrongHarmsNothingAndIsSaid(t *testing.T) {
	for _, row := range []struct {
		ahead time.Duration
		want  string
	}{
		{0, ""},
		{10 * time.Minute, "the server's clock is 10 minutes ahead of this computer's: set the one that is wrong"},
		{-10 * time.Minute, "the server's clock is 10 minutes behind this computer's: set the one that is wrong"},
	} {
		o := newOffice(t, httptest.NewServer)
		o.server.spoil(func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Date", time.Now().Add(row.ahead).UTC().Format(http.TimeFormat))
			return false
		})
		o.passes()
		o.passes()
		out, problems, code := o.run("check")
		if code != 0 || problems != "" || !strings.Contains(out, row.want) || strings.Contains(out, "clock is") != (row.want != "") {
			t.Errorf("%s ahead: %d %s\n%s", row.ahead, code, problems, out)
		}
	}
}
