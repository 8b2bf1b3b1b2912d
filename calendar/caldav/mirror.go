package caldav

import (
	"net/url"

	"bilateral/calendar/snapshot"
)

// mirrorHeader changes with what a mirror holds; one with another header is not read.
const mirrorHeader = "bilateral caldav mirror 1\n"

// mirror is what is kept on disk of a calendar, so that a restart costs no more than a pass.
type mirror struct {
	Place     place
	Person    person
	Abilities abilities
	Hours     hours
	Calendar  replica
	Inbox     replica
}

// open reads the mirror from disk.
func (a *Account) open() {
	if a.file == "" {
		return
	}
	var m mirror
	if !snapshot.Load(a.file, mirrorHeader, &m) || m.Place.BusyOnly { // rights may have grown since
		return
	}
	at, err := url.Parse(m.Place.URL)
	if err != nil {
		return
	}
	for _, address := range append([]string{m.Place.URL, m.Person.Inbox, m.Person.Outbox}, m.Person.Homes...) {
		if named, err := url.Parse(address); err == nil {
			a.session.admit(named)
		}
	}
	if !a.session.trusts(at) {
		return
	}
	a.mirror = m
	a.Calendar.Sync = m.Place.Sync // what was refused once may have been put right
	for path := range a.Calendar.Items {
		a.present(path)
	}
	for path := range a.Inbox.Items {
		a.receive(path)
	}
	a.presentHours()
}

// keep saves the mirror if it changed. That it cannot be saved costs a slower restart, and nothing else.
func (a *Account) keep() {
	if a.file == "" || !a.save && !a.Calendar.changed && !a.Inbox.changed {
		return
	}
	if err := snapshot.Save(a.file, mirrorHeader, &a.mirror); err == nil {
		a.save, a.Calendar.changed, a.Inbox.changed = false, false, false
	}
}
