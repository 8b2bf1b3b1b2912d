package google

import (
	"time"

	"bilateral/calendar/snapshot"
)

// mirrorHeader changes with what a mirror holds; one with another header is not read.
const mirrorHeader = "bilateral google mirror 2\n"

// mirror is what is kept on disk of a calendar, so that a restart costs no more than a pass.
type mirror struct {
	ID      string // of the calendar: an address, or "primary"
	Title   string // of the calendar, which for a main one names the account
	Role    string // that the account has in it
	Zone    string // of the calendar
	Around  around
	Token   string // the sync token that Items stand for; "" before a first whole pass
	Items   map[string]*entry
	Doubted map[string]bool // series whose rule changed: their exceptions may be gone without a word
	Saved   time.Time
}

// keepFor is how old the token on disk may grow while nothing changes: Google drops tokens after some weeks.
const keepFor = 24 * time.Hour

// open reads the mirror from disk, once.
func (a *Account) open() {
	if a.loaded {
		return
	}
	a.loaded = true
	if a.file == "" {
		return
	}
	if m := (mirror{}); snapshot.Load(a.file, mirrorHeader, &m) {
		a.mirror = m
		a.rebuildAll()
	}
}

// keep saves the mirror if it changed. That it cannot be saved costs a slower restart, and nothing else.
func (a *Account) keep() {
	now := a.now()
	if a.file == "" || !a.save && now.Sub(a.Saved) < keepFor {
		return
	}
	a.Saved = now
	if err := snapshot.Save(a.file, mirrorHeader, &a.mirror); err == nil {
		a.save = false
	}
}
