// Package config turns the TOML files of a user into the policy types that the planner and the agenda work with.
//
// [Load] reads the file and the folder bilateral.d beside it, fills in every default and checks everything that can be
// checked without a network. All that is wrong comes back at once, as [Errors]: each with file, line, what is wrong and
// an example of what would be right. [Write] makes a first file, [SetMode] and [SetAdopt] change one line of one.
package config

import (
	"time"

	"bilateral/agenda"
	"bilateral/internal/plan"
)

// Config is all that the files say, checked, with defaults filled in and paths made absolute.
type Config struct {
	Path       string        // of the main file
	Interval   time.Duration // between passes
	Me         Me
	Calendars  []Calendar // in file order
	Mail       Mail
	Listen     string // 127.0.0.1:PORT, or unix: and a path, for monitoring; "": nowhere
	Notify     Notify
	Bilaterals []Bilateral // of the main file, then of bilateral.d by file name
}

// Me is the owner.
type Me struct {
	Name, Email string // Email in lower case
	Zone        *time.Location
}

// Calendar types.
const (
	CalDAV = "caldav"
	Google = "google"
	Vdir   = "vdir"
	ICS    = "ics" // read-only: an .ics or free/busy address or file
)

// Calendar is one [calendar.NAME] table. Keys that its type does not take are empty.
type Calendar struct {
	Name, Type    string
	URL           string // caldav, ics
	Username      string // caldav, ics
	Password      Secret // caldav, ics
	Insecure      bool   // caldav, ics: URL may be plain http to another machine
	Collection    string // caldav, google; "": the server's default calendar
	Path          string // vdir, ics; absolute
	Credentials   Secret // google: OAuth client or service account key, JSON
	Token         Secret // google: a sign-in from elsewhere, as bilateral login keeps it; none: the state folder's alone
	Subject       string // google, service account only
	Endpoint      string // google: these three are loopback addresses
	AuthEndpoint  string
	TokenEndpoint string
}

// Mail is how mails are sent and replies read; SMTP is "" where the [mail] table is missing.
type Mail struct {
	SMTP, IMAP string // addresses such as smtps://smtp.example.org
	Username   string
	Password   Secret
}

// Values of [Bilateral].Mode, Invite, Floor, Conference and Visibility.
const (
	Act   = "act"
	Watch = "watch"

	InviteAuto   = "auto"
	InviteServer = "server"
	InviteMail   = "mail"
	InviteNone   = "none"

	FloorDraft = "draft"
	FloorSend  = "send"

	ConferenceNone = "none"
	ConferenceMeet = "meet"

	VisibilityPrivate = "private"
	VisibilityDefault = "default"
)

// FreeBusy in [Executive].Busy asks the calendar's own server for the executive's busy time.
const FreeBusy = "freebusy"

// Bilateral is one [[bilateral]] table.
type Bilateral struct {
	Name       string
	File       string // where the table stands
	Calendar   string // name of the calendar that holds the series; never of type ics
	Mode       string
	Policy     plan.Policy
	Agenda     agenda.Policy
	Busy       []string // names of the owner's calendars
	Yields     []string
	Holidays   []string // codes, or absolute paths of .ics files
	LeaveWords []string // for both people
	Invite     string
	Floor      string
	Adopt      string // UID of an existing series, or ""
	Title      string
	Location   string
	Conference string
	Visibility string
	Prep       time.Duration // 0: no prep event
	Executive  Executive
}

// Executive is the [bilateral.executive] table. Hours and stretch are in Policy.Theirs.
type Executive struct {
	Name, Email string // Email in lower case
	Zone        *time.Location
	Busy        []string // names of calendars, or FreeBusy; empty: only hours and replies are known
	Yields      []string
	Holidays    []string
}

// Calendar returns the calendar of that name.
func (c *Config) Calendar(name string) (Calendar, bool) {
	for _, cal := range c.Calendars {
		if cal.Name == name {
			return cal, true
		}
	}
	return Calendar{}, false
}

// Bilateral returns the bilateral of that name.
func (c *Config) Bilateral(name string) (Bilateral, bool) {
	for _, b := range c.Bilaterals {
		if b.Name == name {
			return b, true
		}
	}
	return Bilateral{}, false
}
