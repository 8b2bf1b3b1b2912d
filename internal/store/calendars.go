package store

import (
	"database/sql"
	"encoding/json"
	"time"

	"bilateral/calendar"
)

// CalendarState is how one configured calendar was found.
type CalendarState struct {
	Name      string
	Type      string // caldav, google, vdir, ics
	Reachable bool
	LastOK    time.Time // as stored up to 15 minutes behind the last good pass
	LastTry   time.Time // likewise
	Error     string    // "" if reachable
	Objects   int       // calendar.Observation.Objects at the last good read; 0 is an empty calendar
	Degraded  string    // what it cannot do at present, in a sentence; "" for nothing
	Trouble   string    // why the last write to it failed, although it can be read; "" if none did
	// SignInEnds is when the sign-in to it is known to end; zero: no end is known.
	SignInEnds time.Time

	Failures int                // in a row
	Kind     calendar.ErrorKind // of the last one
	NextTry  time.Time          // it rests until then; zero: it is tried with each pass
}

// SetCalendar records how a calendar was found. It writes when anything but the two times changed, or when the stored
// LastOK, or of an unreachable calendar LastTry, is 15 minutes older or more.
func (s *Store) SetCalendar(c CalendarState) error {
	const doing = "record a calendar's state"
	have, known, err := first(s.db, scanCalendar, selectCalendars+" WHERE name = ?", c.Name)
	if err != nil || known && !c.differs(have) {
		return s.said(doing, err)
	}
	return s.change(doing, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT OR REPLACE INTO calendars (name, type, reachable, last_ok, last_try, error, objects, degraded, trouble, sign_in_ends, failures, kind, next_try)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, c.Name, c.Type, c.Reachable, instant(c.LastOK), instant(c.LastTry), c.Error, c.Objects, c.Degraded,
			c.Trouble, instant(c.SignInEnds), c.Failures, c.Kind, instant(c.NextTry))
		return err
	})
}

func (c CalendarState) differs(have CalendarState) bool {
	if c.LastOK.Sub(have.LastOK).Abs() >= fresh || c.LastTry.Sub(have.LastTry).Abs() >= fresh {
		return true
	}
	have.LastOK, have.LastTry = c.LastOK, c.LastTry
	c.NextTry, c.SignInEnds = whole(c.NextTry), whole(c.SignInEnds)
	return c != have
}

// Calendars returns the calendars that were ever tried, by name.
func (s *Store) Calendars() ([]CalendarState, error) {
	out, err := all(s.db, scanCalendar, selectCalendars+" ORDER BY name")
	return out, s.said("read the calendars' states", err)
}

const selectCalendars = "SELECT name, type, reachable, last_ok, last_try, error, objects, degraded, trouble, sign_in_ends, failures, kind, next_try FROM calendars"

func scanCalendar(r row) (c CalendarState, err error) {
	err = r.Scan(&c.Name, &c.Type, &c.Reachable, (*instant)(&c.LastOK), (*instant)(&c.LastTry), &c.Error, &c.Objects, &c.Degraded,
		&c.Trouble, (*instant)(&c.SignInEnds), &c.Failures, &c.Kind, (*instant)(&c.NextTry))
	return c, err
}

// ForgetCalendar removes what is known of a calendar that is not configured any more, its busy time too.
func (s *Store) ForgetCalendar(name string) error {
	return s.change("forget a calendar", func(tx *sql.Tx) error {
		if _, err := tx.Exec("DELETE FROM busy WHERE calendar = ?1 OR calendar LIKE ?1 || ' %'", name); err != nil {
			return err
		}
		_, err := tx.Exec("DELETE FROM calendars WHERE name = ?", name)
		return err
	})
}

// busyRecord is a busy time as it is kept: without its title, which is nobody's business on disk.
type busyRecord struct {
	Start        time.Time         `json:"start"`
	End          time.Time         `json:"end"`
	Strength     calendar.Strength `json:"strength"`
	UID          string            `json:"uid,omitzero"`
	RecurrenceID time.Time         `json:"rid,omitzero"`
	Anonymous    bool              `json:"anonymous,omitzero"`
	Source       string            `json:"source,omitzero"`
}

// SaveBusy keeps the busy time that a calendar (or any other source with a name) yielded, for a pass that cannot read it.
// Titles are not kept. It writes when the busy time changed, or the moment kept with it is 15 minutes old or more.
func (s *Store) SaveBusy(source string, at time.Time, busy []calendar.Busy) error {
	const doing = "keep busy time"
	records := make([]busyRecord, len(busy))
	for i, b := range busy {
		records[i] = busyRecord{b.Start.UTC(), b.End.UTC(), b.Strength, b.UID, b.RecurrenceID.UTC(), b.Anonymous, b.Source}
	}
	data, err := json.Marshal(records)
	if err != nil {
		return s.said(doing, err)
	}
	var body string
	var when instant
	_, known, err := first(s.db, func(r row) (int, error) { return 0, r.Scan(&when, &body) }, "SELECT at, body FROM busy WHERE calendar = ?", source)
	if err != nil || known && body == string(data) && at.Sub(time.Time(when)) < fresh {
		return s.said(doing, err)
	}
	return s.change(doing, func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT OR REPLACE INTO busy (calendar, at, body) VALUES (?, ?, ?)", source, instant(at), string(data))
		return err
	})
}

// LoadBusy returns the busy time that a source yielded last, and when it did (up to 15 minutes early); ok is false if it
// never did.
func (s *Store) LoadBusy(source string) (busy []calendar.Busy, at time.Time, ok bool, err error) {
	var records []busyRecord
	_, ok, err = first(s.db, func(r row) (int, error) { return 0, r.Scan((*instant)(&at), asBody(&records)) },
		"SELECT at, body FROM busy WHERE calendar = ?", source)
	for _, b := range records {
		busy = append(busy, calendar.Busy{Span: calendar.Span{Start: b.Start, End: b.End}, Strength: b.Strength,
			UID: b.UID, RecurrenceID: b.RecurrenceID, Anonymous: b.Anonymous, Source: b.Source})
	}
	return busy, at, ok, s.said("read busy time", err)
}
