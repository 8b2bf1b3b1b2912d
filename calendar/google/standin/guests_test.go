package standin_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/api/calendar/v3"

	"bilateral/calendar/google/standin"
)

func (w *world) event(email, id string) *calendar.Event {
	w.Helper()
	return must[*calendar.Event](w)(w.service(email).Events.Get("primary", id).Do())
}

func TestAnswersReachTheOrganizer(t *testing.T) {
	w, _ := booked(t)
	before := w.event(alice, "1on1dana")
	if err := w.As(dana).Answer("1on1dana", "accepted", ""); err != nil {
		t.Fatal(err)
	}
	if err := w.As(dana).Answer(second, "declined", "In Tokyo that week"); err != nil {
		t.Fatal(err)
	}
	master, one, other := w.event(alice, "1on1dana"), w.event(alice, second), w.event(alice, third)
	if master.Attendees[0].ResponseStatus != "accepted" || master.Etag == before.Etag || master.Sequence != before.Sequence {
		t.Errorf("the series: %+v", master)
	}
	if a := one.Attendees[0]; a.ResponseStatus != "declined" || a.Comment != "In Tokyo that week" || one.Status != "confirmed" {
		t.Errorf("the declined instance: %+v", a)
	}
	if other.Attendees[0].ResponseStatus != "accepted" {
		t.Errorf("another instance: %+v", other.Attendees[0])
	}
	if got := w.Mails(); len(got) != 3 || got[1].To != alice || got[1].What != "reply" {
		t.Errorf("mails: %+v", got)
	}
}

func TestAnAnswerToTheSeriesReachesExceptionsThatHadNone(t *testing.T) {
	w, mine := booked(t)
	must[*calendar.Event](w)(mine.Events.Patch("primary", first, &calendar.Event{Description: "Agenda"}).Do())
	if err := w.As(dana).Answer("1on1dana", "tentative", ""); err != nil {
		t.Fatal(err)
	}
	if got := w.event(alice, first).Attendees[0].ResponseStatus; got != "tentative" {
		t.Errorf("the exception's answer is %q", got)
	}
	if got := w.event(dana, first).Description; got != "Agenda" {
		t.Errorf("dana reads %q", got)
	}
}

func TestANewTimeAsksAgain(t *testing.T) {
	w, mine := booked(t)
	if err := w.As(dana).Answer("1on1dana", "accepted", ""); err != nil {
		t.Fatal(err)
	}
	must[*calendar.Event](w)(mine.Events.Patch("primary", third, &calendar.Event{Description: "Text alone"}).Do())
	must[*calendar.Event](w)(mine.Events.Patch("primary", second, &calendar.Event{Start: clock("Europe/Berlin", "2026-10-29 09:00"), End: clock("Europe/Berlin", "2026-10-29 09:30")}).Do())
	for id, want := range map[string]string{"1on1dana": "accepted", second: "needsAction", third: "accepted"} {
		e := w.event(alice, id)
		if e.Attendees[0].ResponseStatus != want || (e.Sequence > 0) != (id == second) {
			t.Errorf("%s: %s, sequence %d", id, e.Attendees[0].ResponseStatus, e.Sequence)
		}
	}
	if e := w.event(dana, second); e.Start.DateTime != "2026-10-29T04:00:00-04:00" || e.Attendees[0].ResponseStatus != "needsAction" {
		t.Errorf("dana's copy: %+v", e)
	}
}

func TestMailsGoOutAsAsked(t *testing.T) {
	for _, row := range []struct{ updates, want string }{
		{"all", "dana@example.org eve@elsewhere.example"}, {"externalOnly", "eve@elsewhere.example"}, {"none", ""}, {"", ""},
	} {
		t.Run("sendUpdates="+row.updates, func(t *testing.T) {
			w := newWorld(t)
			e := weekly()
			e.Attendees = append(e.Attendees, &calendar.EventAttendee{Email: "eve@elsewhere.example"})
			call := w.service(alice).Events.Insert("primary", e)
			if row.updates != "" {
				call = call.SendUpdates(row.updates)
			}
			must[*calendar.Event](w)(call.Do())
			var to []string
			for _, m := range w.Mails() {
				to = append(to, m.To)
				if m.What != "invite" || m.Updates != row.updates || m.Event != "1on1dana" {
					t.Errorf("mail %+v", m)
				}
			}
			if slices.Sort(to); strings.Join(to, " ") != row.want {
				t.Errorf("mails to %q, want %q", to, row.want)
			}
			w.event(dana, "1on1dana") // the copy is there in any case
		})
	}
}

func TestWhatAGuestMayChange(t *testing.T) {
	for _, row := range []struct {
		sentence string
		change   map[string]any
		event    func(*calendar.Event)
		allowed  bool
	}{
		{"the own reminders, colour and private properties", map[string]any{"reminders": map[string]any{"useDefault": false}, "colorId": "3", "extendedProperties": map[string]any{"private": map[string]any{"k": "v"}}}, nil, true},
		{"not the time", map[string]any{"start": map[string]any{"dateTime": "2026-10-14T15:45:00+02:00"}}, nil, false},
		{"not the text", map[string]any{"description": "Dana's"}, nil, false},
		{"the text where guests can modify the event", map[string]any{"description": "Dana's"}, func(e *calendar.Event) { e.GuestsCanModify = true }, true},
		{"the list of guests by adding one", map[string]any{"attendees": []any{map[string]any{"email": dana}, map[string]any{"email": "eve@example.org"}}}, nil, true},
		{"not the list of guests where guests cannot invite others", map[string]any{"attendees": []any{map[string]any{"email": dana}, map[string]any{"email": "eve@example.org"}}},
			func(e *calendar.Event) {
				e.GuestsCanInviteOthers, e.ForceSendFields = new(false), []string{"GuestsCanInviteOthers"}
			}, false},
		{"not another guest's answer", map[string]any{"attendees": []any{map[string]any{"email": dana}, map[string]any{"email": "eve@example.org", "responseStatus": "accepted"}}},
			func(e *calendar.Event) {
				e.Attendees = append(e.Attendees, &calendar.EventAttendee{Email: "eve@example.org"})
			}, false},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w := newWorld(t)
			e := weekly()
			if row.event != nil {
				row.event(e)
			}
			must[*calendar.Event](w)(w.service(alice).Events.Insert("primary", e).Do())
			err := w.As(dana).Edit("1on1dana", row.change)
			if (err == nil) != row.allowed || err != nil && !strings.Contains(err.Error(), "forbiddenForNonOrganizer") {
				t.Errorf("got %v", err)
			}
			mine := w.event(alice, "1on1dana")
			if p := mine.ExtendedProperties.Private; p["k"] != "" || p["bilateral"] != "dana" || mine.ColorId != "" || !mine.Reminders.UseDefault {
				t.Errorf("alice's copy: %+v", mine)
			}
		})
	}
}

func TestAGuestWhoDeletesDeclines(t *testing.T) {
	w, _ := booked(t)
	if err := w.As(dana).Delete(second); err != nil {
		t.Fatal(err)
	}
	if e := w.event(alice, second); e.Status != "confirmed" || e.Attendees[0].ResponseStatus != "declined" {
		t.Errorf("the instance: %+v", e)
	}
	if err := w.As(dana).Delete("1on1dana"); err != nil {
		t.Fatal(err)
	}
	if e := w.event(alice, "1on1dana"); e.Status != "confirmed" || e.Attendees[0].ResponseStatus != "declined" {
		t.Errorf("the series: %+v", e)
	}
}

func TestAGuestWhoIsNoLongerInvitedLosesTheEvent(t *testing.T) {
	w, mine := booked(t)
	none := &calendar.Event{Attendees: []*calendar.EventAttendee{}, ForceSendFields: []string{"Attendees"}}
	must[*calendar.Event](w)(mine.Events.Patch("primary", "1on1dana", none).SendUpdates("all").Do())
	if e := w.event(dana, "1on1dana"); e.Status != "cancelled" {
		t.Errorf("dana's copy: %+v", e)
	}
	if m := w.Mails(); m[len(m)-1].What != "cancel" || m[len(m)-1].To != dana {
		t.Errorf("mails: %+v", m)
	}
}

func TestADelegateWritesForTheOwner(t *testing.T) {
	w := newWorld(t)
	w.Share(dana, alice, "writer")
	e := weekly()
	e.Attendees = []*calendar.EventAttendee{{Email: alice}}
	made := must[*calendar.Event](w)(w.service(alice).Events.Insert(dana, e).SendUpdates("all").Do())
	if made.Organizer.Email != dana || !made.Organizer.Self || made.Creator.Email != alice || made.Creator.Self {
		t.Errorf("organizer %+v, creator %+v", made.Organizer, made.Creator)
	}
	if mine := w.event(alice, made.Id); mine.Organizer.Self || !mine.Attendees[0].Self {
		t.Errorf("alice's copy: %+v", mine)
	}
}

func TestAVideoLinkComesLaterAndIsOneForAll(t *testing.T) {
	w := newWorld(t)
	ask := func(id string) *calendar.ConferenceData {
		return &calendar.ConferenceData{CreateRequest: &calendar.CreateConferenceRequest{RequestId: id, ConferenceSolutionKey: &calendar.ConferenceSolutionKey{Type: "hangoutsMeet"}}}
	}
	mine := w.service(alice)
	e := weekly()
	e.ConferenceData = ask("r1")
	made := must[*calendar.Event](w)(mine.Events.Insert("primary", e).ConferenceDataVersion(1).Do())
	if made.ConferenceData.CreateRequest.Status.StatusCode != "pending" || made.HangoutLink != "" {
		t.Errorf("at first: %+v", made.ConferenceData)
	}
	must[*calendar.Event](w)(mine.Events.Patch("primary", second, &calendar.Event{Description: "Agenda"}).Do())
	w.now = w.now.AddDate(0, 0, 1)
	done := w.event(alice, "1on1dana")
	if done.ConferenceData.CreateRequest.Status.StatusCode != "success" || done.HangoutLink == "" || done.Etag == made.Etag {
		t.Errorf("then: %+v", done.ConferenceData)
	}
	for _, copied := range []*calendar.Event{w.event(dana, "1on1dana"), w.event(alice, second), w.event(alice, third)} {
		if copied.HangoutLink != done.HangoutLink {
			t.Errorf("%s links to %q", copied.Id, copied.HangoutLink)
		}
	}
	same := must[*calendar.Event](w)(mine.Events.Patch("primary", "1on1dana", &calendar.Event{ConferenceData: ask("r1")}).ConferenceDataVersion(1).Do())
	if same.HangoutLink != done.HangoutLink || same.ConferenceData.ConferenceId != done.ConferenceData.ConferenceId {
		t.Errorf("the same request again: %+v", same.ConferenceData)
	}
	must[*calendar.Event](w)(mine.Events.Patch("primary", "1on1dana", &calendar.Event{Summary: "New"}).Do())
	if kept := w.event(alice, "1on1dana"); kept.ConferenceData == nil || kept.HangoutLink != done.HangoutLink {
		t.Errorf("a client that knows no conferences took it away: %+v", kept)
	}
}

func TestAnAbsenceDeclines(t *testing.T) {
	for _, row := range []struct {
		sentence, mode string
		stood, moved   string // the answers: to what stood there, and to what is moved there
	}{
		{"all that conflicts", "declineAllConflictingInvitations", "declined", "declined"},
		{"what comes new", "declineOnlyNewConflictingInvitations", "needsAction", "declined"},
		{"nothing", "declineNone", "needsAction", "needsAction"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w, mine := booked(t)
			absence := standin.Booking{Title: "Tokyo", Start: instant(clock("America/New_York", "2026-10-28 00:00")), End: instant(clock("America/New_York", "2026-10-30 00:00")),
				More: map[string]any{"eventType": "outOfOffice", "outOfOfficeProperties": map[string]any{"autoDeclineMode": row.mode, "declineMessage": "In Tokyo"}}}
			if _, err := w.As(dana).Book(absence); err != nil {
				t.Fatal(err)
			}
			must[*calendar.Event](w)(mine.Events.Patch("primary", first, &calendar.Event{Start: clock("Europe/Berlin", "2026-10-29 09:00"), End: clock("Europe/Berlin", "2026-10-29 09:30")}).Do())
			for id, want := range map[string]string{first: row.moved, second: row.stood, third: "needsAction", "1on1dana": "needsAction"} {
				a := w.event(alice, id).Attendees[0]
				if a.ResponseStatus != want || (a.Comment == "In Tokyo") != (want == "declined") {
					t.Errorf("%s: %+v, want %s", id, a, want)
				}
			}
		})
	}
}

func TestAGuestsOwnThingsSurviveTheOrganizersChange(t *testing.T) {
	w, mine := booked(t)
	if err := w.As(dana).Edit("1on1dana", map[string]any{"colorId": "3", "extendedProperties": map[string]any{"private": map[string]any{"k": "v"}}}); err != nil {
		t.Fatal(err)
	}
	must[*calendar.Event](w)(mine.Events.Patch("primary", "1on1dana", &calendar.Event{Description: "New",
		ExtendedProperties: &calendar.EventExtendedProperties{Shared: map[string]string{"team": "x"}}}).Do())
	got := w.event(dana, "1on1dana")
	if p := got.ExtendedProperties; got.Description != "New" || got.ColorId != "3" || p.Private["k"] != "v" || p.Private["bilateral"] != "" || p.Shared["team"] != "x" {
		t.Errorf("dana's copy: %+v with %+v", got, p)
	}
}

func TestAGuestOfTheSeriesIsAGuestOfItsExceptions(t *testing.T) {
	w, mine := booked(t)
	must[*calendar.Event](w)(mine.Events.Patch("primary", first, &calendar.Event{Description: "Agenda"}).Do())
	must[*calendar.Event](w)(mine.Events.Patch("primary", "1on1dana", &calendar.Event{Attendees: []*calendar.EventAttendee{{Email: dana}, {Email: "eve@example.org"}}}).Do())
	if e := w.event(alice, first); len(e.Attendees) != 2 {
		t.Errorf("guests of the exception: %+v", e.Attendees)
	}
	if e := w.event(dana, third); len(e.Attendees) != 2 {
		t.Errorf("guests of an instance, for dana: %+v", e.Attendees)
	}
}
