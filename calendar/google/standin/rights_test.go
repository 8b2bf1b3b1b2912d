package standin_test

import (
	"testing"

	"google.golang.org/api/calendar/v3"

	"bilateral/calendar/google/standin"
)

func TestRolesOpenWhatTheyShould(t *testing.T) {
	for _, row := range []struct {
		role                  string
		list, write           int // the status refused with, 0: allowed
		public, private, text string
	}{
		{"", 404, 404, "", "", ""},
		{"freeBusyReader", 0, 403, "", "", ""},
		{"reader", 0, 403, "Board", "", "Numbers"},
		{"writerWithoutPrivateAccess", 0, 403, "Board", "", "Numbers"},
		{"writer", 0, 0, "Board", "Dentist", "Numbers"},
		{"owner", 0, 0, "Board", "Dentist", "Numbers"},
	} {
		t.Run("as "+row.role, func(t *testing.T) {
			w := newWorld(t)
			w.Share(dana, alice, row.role)
			open := w.book(dana, "Board", "2026-10-21 09:00", "2026-10-21 10:00")
			closed := w.book(dana, "Dentist", "2026-10-21 11:00", "2026-10-21 12:00")
			for id, fields := range map[string]map[string]any{open: {"description": "Numbers"}, closed: {"visibility": "private"}} {
				if err := w.As(dana).Edit(id, fields); err != nil {
					t.Fatal(err)
				}
			}
			mine := w.service(alice)
			list, err := mine.Events.List(dana).Do()
			if status, _ := code(err); status != row.list {
				t.Fatalf("list: %v", err)
			}
			_, err = mine.Events.Insert(dana, &calendar.Event{Start: clock("Europe/Berlin", "2026-10-23 09:00"), End: clock("Europe/Berlin", "2026-10-23 10:00")}).Do()
			if status, _ := code(err); status != row.write {
				t.Errorf("insert: %v", err)
			}
			if list == nil {
				return
			}
			titles := make(map[string]*calendar.Event)
			for _, e := range list.Items {
				titles[e.Id] = e
			}
			if o, c := titles[open], titles[closed]; o.Summary != row.public || c.Summary != row.private || o.Description != row.text || o.Start.DateTime != "2026-10-21T03:00:00-04:00" {
				t.Errorf("got %+v and %+v", o, c)
			}
			if list.AccessRole != row.role {
				t.Errorf("access role %q", list.AccessRole)
			}
		})
	}
}

func TestAHiddenCalendarStillOpens(t *testing.T) {
	w := newWorld(t)
	w.Share(dana, alice, "reader")
	team := w.Calendar(alice, "Team")
	mine := w.service(alice)
	if l := must[*calendar.CalendarList](w)(mine.CalendarList.List().Do()); len(l.Items) != 3 {
		t.Errorf("%d calendars", len(l.Items))
	}
	w.Hide(dana, alice)
	if l := must[*calendar.CalendarList](w)(mine.CalendarList.List().MinAccessRole("owner").Do()); len(l.Items) != 2 {
		t.Errorf("%d of her own", len(l.Items))
	}
	if l := must[*calendar.CalendarList](w)(mine.CalendarList.List().Do()); len(l.Items) != 2 {
		t.Errorf("%d not hidden", len(l.Items))
	}
	must[*calendar.Events](w)(mine.Events.List(dana).Do())
	entry := must[*calendar.CalendarListEntry](w)(mine.CalendarList.Get(team).Do())
	if entry.Summary != "Team" || entry.AccessRole != "owner" || entry.TimeZone != "Europe/Berlin" || entry.Primary {
		t.Errorf("got %+v", entry)
	}
}

func TestFreeBusy(t *testing.T) {
	w := newWorld(t)
	w.Share(dana, alice, "freeBusyReader")
	book := func(title, from, to string, more map[string]any) {
		b := standin.Booking{Title: title, Start: instant(clock("Europe/Berlin", from)), End: instant(clock("Europe/Berlin", to)), More: more}
		if _, err := w.As(dana).Book(b); err != nil {
			t.Fatal(err)
		}
	}
	book("Two that touch", "2026-10-21 09:00", "2026-10-21 10:00", nil)
	book("are one", "2026-10-21 10:00", "2026-10-21 11:00", nil)
	book("Free", "2026-10-21 12:00", "2026-10-21 13:00", map[string]any{"transparency": "transparent"})
	book("At home", "2026-10-21 13:00", "2026-10-21 14:00", map[string]any{"eventType": "workingLocation", "visibility": "public", "transparency": "transparent",
		"workingLocationProperties": map[string]any{"type": "homeOffice"}})
	book("Away", "2026-10-21 15:00", "2026-10-21 16:00", map[string]any{"eventType": "outOfOffice"})
	must[*calendar.Event](w)(w.service(alice).Events.Insert("primary", weekly()).Do())
	if err := w.As(dana).Answer("1on1dana", "declined", ""); err != nil {
		t.Fatal(err)
	}
	day := func() *calendar.FreeBusyRequest {
		return &calendar.FreeBusyRequest{TimeMin: "2026-10-21T07:30:00Z", TimeMax: "2026-10-22T00:00:00Z", Items: []*calendar.FreeBusyRequestItem{{Id: dana}, {Id: "nobody@example.org"}}}
	}
	ask := func(q *calendar.FreeBusyRequest) *calendar.FreeBusyResponse {
		return must[*calendar.FreeBusyResponse](w)(w.service(alice).Freebusy.Query(q).Do())
	}
	got := ask(day())
	if b := got.Calendars[dana].Busy; len(b) != 2 || b[0].Start != "2026-10-21T07:30:00Z" || b[0].End != "2026-10-21T09:00:00Z" || b[1].Start != "2026-10-21T13:00:00Z" || b[1].End != "2026-10-21T14:00:00Z" {
		t.Errorf("dana is busy %+v", b)
	}
	if e := got.Calendars["nobody@example.org"].Errors; len(e) != 1 || e[0].Reason != "notFound" {
		t.Errorf("a calendar that is none: %+v", e)
	}
	w.Break(dana, true)
	w.Group("leads@example.org", dana, alice)
	q := day()
	q.Items, q.GroupExpansionMax = []*calendar.FreeBusyRequestItem{{Id: "leads@example.org"}}, 2
	got = ask(q)
	if e := got.Calendars[dana].Errors; len(e) != 1 || e[0].Reason != "internalError" || len(got.Calendars[alice].Errors) != 0 || len(got.Groups["leads@example.org"].Calendars) != 2 {
		t.Errorf("a broken calendar in a group: %+v", got)
	}
	q.GroupExpansionMax = 1
	if e := ask(q).Groups["leads@example.org"].Errors; len(e) != 1 || e[0].Reason != "groupTooBig" {
		t.Errorf("a group too big: %+v", e)
	}
	q = day()
	q.CalendarExpansionMax = 1
	if e := ask(q).Calendars["nobody@example.org"].Errors; len(e) != 1 || e[0].Reason != "tooManyCalendarsRequested" {
		t.Errorf("too many calendars: %+v", e)
	}
}
