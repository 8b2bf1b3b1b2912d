package standin_test

import (
	"slices"
	"testing"

	"google.golang.org/api/calendar/v3"
)

// standing are an event's instances that are not cancelled, as "id start", in a window of six weeks.
func (w *world) standing(email, id string) []string {
	w.Helper()
	all := must[*calendar.Events](w)(w.service(email).Events.Instances("primary", id).TimeMin("2026-10-12T00:00:00Z").TimeMax("2026-11-20T00:00:00Z").Do())
	var got []string
	for _, e := range all.Items {
		got = append(got, e.Id+" "+e.Start.DateTime+e.Start.Date)
	}
	return got
}

func (w *world) stands(email, id string, want ...string) {
	w.Helper()
	if got := w.standing(email, id); !slices.Equal(got, want) {
		w.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestInstances(t *testing.T) {
	for _, row := range []struct {
		sentence string
		event    *calendar.Event
		want     []string
	}{
		{"a Berlin series keeps its wall clock, and its ids tell UTC, when the clocks go back there",
			&calendar.Event{Start: clock("Europe/Berlin", "2026-10-21 15:30"), End: clock("Europe/Berlin", "2026-10-21 16:15"), Recurrence: []string{"RRULE:FREQ=WEEKLY;COUNT=2"}},
			[]string{"00000_20261021T133000Z 2026-10-21T15:30:00+02:00", "00000_20261028T143000Z 2026-10-28T15:30:00+01:00"}},
		{"a New York series shows in Alice's zone and moves there in the week between the two changes",
			&calendar.Event{Start: clock("America/New_York", "2026-10-23 09:00"), End: clock("America/New_York", "2026-10-23 09:30"), Recurrence: []string{"RRULE:FREQ=WEEKLY;COUNT=3"}},
			[]string{"00000_20261023T130000Z 2026-10-23T15:00:00+02:00", "00000_20261030T130000Z 2026-10-30T14:00:00+01:00", "00000_20261106T140000Z 2026-11-06T15:00:00+01:00"}},
		{"instances of an all-day series are named by their date",
			&calendar.Event{Start: &calendar.EventDateTime{Date: "2026-10-24"}, End: &calendar.EventDateTime{Date: "2026-10-25"}, Recurrence: []string{"RRULE:FREQ=DAILY;COUNT=2"}},
			[]string{"00000_20261024 2026-10-24", "00000_20261025 2026-10-25"}},
		{"EXDATE takes one away and RDATE adds one",
			&calendar.Event{Start: clock("Europe/Berlin", "2026-10-21 15:30"), End: clock("Europe/Berlin", "2026-10-21 16:15"),
				Recurrence: []string{"RRULE:FREQ=WEEKLY;COUNT=2", "EXDATE;TZID=Europe/Berlin:20261021T153000", "RDATE:20261029T090000Z"}},
			[]string{"00000_20261028T143000Z 2026-10-28T15:30:00+01:00", "00000_20261029T090000Z 2026-10-29T10:00:00+01:00"}},
		{"UNTIL is the last moment at which an instance may begin",
			&calendar.Event{Start: clock("Europe/Berlin", "2026-10-21 15:30"), End: clock("Europe/Berlin", "2026-10-21 16:15"), Recurrence: []string{"RRULE:FREQ=WEEKLY;UNTIL=20261028T143000Z"}},
			[]string{"00000_20261021T133000Z 2026-10-21T15:30:00+02:00", "00000_20261028T143000Z 2026-10-28T15:30:00+01:00"}},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w := newWorld(t)
			row.event.Id = "00000"
			must[*calendar.Event](w)(w.service(alice).Events.Insert("primary", row.event).Do())
			w.stands(alice, "00000", row.want...)
		})
	}
}

const (
	first  = "1on1dana_20261021T133000Z"
	second = "1on1dana_20261028T143000Z"
	third  = "1on1dana_20261104T143000Z"
)

// booked is a world with the weekly series in it, three instances from the first.
func booked(t *testing.T) (*world, *calendar.Service) {
	w := newWorld(t)
	mine := w.service(alice)
	e := weekly()
	e.Start, e.End = clock("Europe/Berlin", "2026-10-21 15:30"), clock("Europe/Berlin", "2026-10-21 16:15")
	e.Recurrence = []string{"RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=3"}
	must[*calendar.Event](w)(mine.Events.Insert("primary", e).SendUpdates("all").Do())
	return w, mine
}

func TestACancelledInstanceSaysLittleAndComesBack(t *testing.T) {
	w, mine := booked(t)
	must[*calendar.Event](w)(mine.Events.Patch("primary", second, &calendar.Event{Description: "Figures", Start: clock("Europe/Berlin", "2026-10-29 09:00"), End: clock("Europe/Berlin", "2026-10-29 09:30")}).Do())
	gone := must[*calendar.Event](w)(mine.Events.Patch("primary", second, &calendar.Event{Status: "cancelled"}).Do())
	for what, e := range map[string]*calendar.Event{"the answer": gone, "a later look": must[*calendar.Event](w)(mine.Events.Get("primary", second).Do())} {
		if e.Status != "cancelled" || e.RecurringEventId != "1on1dana" || e.OriginalStartTime.DateTime != "2026-10-28T15:30:00+01:00" || e.Start != nil || e.Summary != "" || e.ExtendedProperties != nil {
			t.Errorf("%s: %+v", what, e)
		}
	}
	if theirs := w.standing(dana, "1on1dana"); len(theirs) != 2 {
		t.Errorf("dana still has %q", theirs)
	}
	back := must[*calendar.Event](w)(mine.Events.Patch("primary", second, &calendar.Event{Status: "confirmed"}).Do())
	if back.Description != "Figures" || back.Start.DateTime != "2026-10-29T09:00:00+01:00" {
		t.Errorf("back: %+v", back)
	}
	if err := mine.Events.Delete("primary", first).Do(); err != nil {
		t.Fatal(err)
	}
	w.refused(mine.Events.Delete("primary", first).Do(), 410, "deleted")
	w.stands(dana, "1on1dana", second+" 2026-10-29T04:00:00-04:00", third+" 2026-11-04T09:30:00-05:00")
}

func TestAnInstanceIsFoundByItsOriginalStart(t *testing.T) {
	w, mine := booked(t)
	must[*calendar.Event](w)(mine.Events.Patch("primary", second, &calendar.Event{Start: clock("Europe/Berlin", "2026-10-29 09:00"), End: clock("Europe/Berlin", "2026-10-29 09:30")}).Do())
	for _, start := range []string{"2026-10-28T15:30:00+01:00", "2026-10-28T14:30:00Z"} {
		found := must[*calendar.Events](w)(mine.Events.Instances("primary", "1on1dana").OriginalStart(start).Do())
		if len(found.Items) != 1 || found.Items[0].Id != second || found.Items[0].Start.DateTime != "2026-10-29T09:00:00+01:00" {
			t.Errorf("%s: %+v", start, found.Items)
		}
	}
	for _, id := range []string{"1on1dana_20261022T133000Z", "1on1dana_x", "1on1nobody_20261021T133000Z"} {
		_, err := mine.Events.Get("primary", id).Do()
		w.refused(err, 404, "notFound")
	}
	if must[*calendar.Event](w)(mine.Events.Get("primary", third).Do()).Etag != must[*calendar.Event](w)(mine.Events.Get("primary", "1on1dana").Do()).Etag {
		t.Error("an untouched instance has an ETag of its own")
	}
}

func TestAChangeOfTheMasterMeetsItsExceptions(t *testing.T) {
	w, mine := booked(t)
	must[*calendar.Event](w)(mine.Events.Patch("primary", first, &calendar.Event{Description: "Mine alone"}).Do())
	must[*calendar.Event](w)(mine.Events.Patch("primary", second, &calendar.Event{Start: clock("Europe/Berlin", "2026-10-29 09:00"), End: clock("Europe/Berlin", "2026-10-29 09:30")}).Do())
	must[*calendar.Event](w)(mine.Events.Patch("primary", "1on1dana", &calendar.Event{Description: "For all", Summary: "A / D"}).Do())
	for id, want := range map[string]string{first: "A / D: Mine alone", second: "A / D: For all", third: "A / D: For all"} {
		if e := must[*calendar.Event](w)(mine.Events.Get("primary", id).Do()); e.Summary+": "+e.Description != want {
			t.Errorf("%s reads %q: %q", id, e.Summary, e.Description)
		}
	}
	since := must[*calendar.Events](w)(mine.Events.List("primary").Do()).NextSyncToken
	must[*calendar.Event](w)(mine.Events.Patch("primary", "1on1dana", &calendar.Event{Recurrence: []string{"RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=1"}}).Do())
	w.stands(alice, "1on1dana", first+" 2026-10-21T15:30:00+02:00")
	w.stands(dana, "1on1dana", first+" 2026-10-21T09:30:00-04:00")
	since = w.tells(since, "1on1dana confirmed", second+" cancelled")
	must[*calendar.Event](w)(mine.Events.Patch("primary", "1on1dana", &calendar.Event{Recurrence: []string{"RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=2"}}).Do())
	w.stands(alice, "1on1dana", first+" 2026-10-21T15:30:00+02:00", second+" 2026-10-28T15:30:00+01:00")
	since = w.tells(since, "1on1dana confirmed", second+" confirmed")
	for _, deed := range []func(string) error{w.As(alice).Delete, w.As(alice).Restore} {
		if err := deed("1on1dana"); err != nil {
			t.Fatal(err)
		}
	}
	w.tells(since, "1on1dana confirmed", first+" confirmed", second+" confirmed")
}

// tells follows Alice's calendar from a sync token and returns the next.
func (w *world) tells(since string, want ...string) string {
	w.Helper()
	delta := must[*calendar.Events](w)(w.service(alice).Events.List("primary").SyncToken(since).Do())
	if got := ids(delta.Items); !slices.Equal(got, want) {
		w.Errorf("the sync tells %q, want %q", got, want)
	}
	return delta.NextSyncToken
}

func TestAPutClearsWhatItDoesNotName(t *testing.T) {
	w, mine := booked(t)
	e := must[*calendar.Event](w)(mine.Events.Get("primary", second).Do())
	must[*calendar.Event](w)(mine.Events.Update("primary", second, &calendar.Event{Summary: "Lost", Start: e.Start, End: e.End}).Do())
	if e := must[*calendar.Event](w)(mine.Events.Get("primary", second).Do()); len(e.Attendees) != 0 || e.ExtendedProperties != nil {
		t.Errorf("a PUT kept %+v", e)
	}
	if e := must[*calendar.Event](w)(mine.Events.Get("primary", "1on1dana").Do()); len(e.Attendees) != 1 {
		t.Errorf("the master lost its guests: %+v", e)
	}
	if theirs := w.standing(dana, "1on1dana"); len(theirs) != 2 {
		t.Errorf("dana still has %q", theirs)
	}
}

func TestASeriesIsSplitByHand(t *testing.T) {
	w, mine := booked(t)
	at := clock("Europe/Berlin", "2026-10-28 15:30")
	next, err := w.As(alice).Split("1on1dana", instant(at), instant(clock("Europe/Berlin", "2026-10-29 10:00")), instant(clock("Europe/Berlin", "2026-10-29 10:45")))
	if err != nil || next != "1on1dana_R20261028T143000" {
		t.Fatalf("%s, %v", next, err)
	}
	w.stands(alice, "1on1dana", first+" 2026-10-21T15:30:00+02:00")
	got := must[*calendar.Event](w)(mine.Events.Get("primary", next).Do())
	if got.ICalUID != next+"@google.com" || got.Start.DateTime != "2026-10-29T10:00:00+01:00" {
		t.Errorf("got %+v", got)
	}
}
