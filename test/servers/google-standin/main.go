// Command google-standin puts the stand-in for Google on loopback, with Alice and Dana, until it is told to stop. On
// standard output it says, a line each as KEY=value, where it is: API, AUTH and TOKEN are the three endpoints, CLIENT and
// SERVICE the files of an installed app and of a service account with delegation, ALICE_BEARER and DANA_BEARER ready
// access tokens, CONTROL the address at which scripts are the other person (see control.go).
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"bilateral/calendar/google/standin"
)

const (
	alice   = "alice@example.org"
	dana    = "dana@example.org"
	service = "bilateral@stand-in.iam.gserviceaccount.com"
)

func main() {
	address := flag.String("address", "127.0.0.1:0", "where to listen; loopback only")
	dir := flag.String("dir", ".", "where CLIENT and SERVICE are written")
	discovery := flag.String("discovery", "", "calendar-api.json; default: the one of the module google.golang.org/api")
	flag.Parse()
	if err := run(*address, *dir, *discovery); err != nil {
		fmt.Fprintln(os.Stderr, "google-standin:", err)
		os.Exit(1)
	}
}

func run(address, dir, discovery string) error {
	server, err := standin.New(standin.Config{Now: time.Now, Discovery: discovery})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	if !listener.Addr().(*net.TCPAddr).IP.IsLoopback() {
		return fmt.Errorf("%s is not loopback", address)
	}
	base := "http://" + listener.Addr().String()
	if err := populate(server, base, dir); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", server)
	mux.Handle("/control/", http.StripPrefix("/control", control(server)))
	return http.Serve(listener, mux)
}

// populate makes the people and says where everything is.
func populate(server *standin.Server, base, dir string) error {
	server.Person(alice, "Alice Chen", "Europe/Berlin")
	server.Person(dana, "Dana Boss", "America/New_York")
	server.Share(dana, alice, "freeBusyReader")
	server.Consent(alice)
	client, keys := filepath.Join(dir, "client.json"), filepath.Join(dir, "service.json")
	key, err := server.ServiceAccount(service, base)
	if err != nil {
		return err
	}
	server.Delegate(service, "https://www.googleapis.com/auth/calendar", "https://www.googleapis.com/auth/calendar.events",
		"https://www.googleapis.com/auth/calendar.events.readonly",
		"https://www.googleapis.com/auth/calendar.readonly", "https://www.googleapis.com/auth/calendar.freebusy",
		"https://www.googleapis.com/auth/calendar.events.freebusy", "https://www.googleapis.com/auth/calendar.calendarlist.readonly")
	if err := os.WriteFile(client, server.InstalledApp(base), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(keys, key, 0o600); err != nil {
		return err
	}
	for _, line := range [][2]string{
		{"API", base + "/calendar/v3/"}, {"AUTH", base + "/auth"}, {"TOKEN", base + "/token"}, {"CONTROL", base + "/control"},
		{"CLIENT", client}, {"SERVICE", keys}, {"ALICE_BEARER", server.Token(alice)}, {"DANA_BEARER", server.Token(dana)},
	} {
		fmt.Printf("%s=%s\n", line[0], line[1])
	}
	return nil
}
