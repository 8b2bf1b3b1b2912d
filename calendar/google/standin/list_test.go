package standin_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"pgregory.net/rapid"

	"bilateral/calendar/google/standin"
)

// pages reads a list to its end and returns its events and sync token; between is called after each page but the last.
func pages(w *world, list func(token string) *calendar.EventsListCall, between func()) (items []*calendar.Event, sync string) {
	w.Helper()
	for token := ""; ; between() {
		page := must[*calendar.Events](w)(list(token).Do())
		items = append(items, page.Items...)
		if page.NextPageToken == "" {
			return items, page.NextSyncToken
		}
		if token = page.NextPageToken; page.NextSyncToken != "" {
			w.Error("a page that is not the last has a sync token")
		}
	}
}

func ids(items []*calendar.Event) []string {
	var all []string
	for _, e := range items {
		all = append(all, e.Id+" "+e.Status)
	}
	return all
}

func (w *world) book(email, title, from, to string) string {
	w.Helper()
	start, end := clock("Europe/Berlin", from), clock("Europe/Berlin", to)
	id, err := w.As(email).Book(standin.Booking{Title: title, Start: instant(start), End: instant(end), Zone: "Europe/Berlin"})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

func TestASyncTellsWhatChangedWhilePagesWereRead(t *testing.T) {
	w := newWorld(t)
	mine := w.service(alice)
	for i := range 5 {
		w.book(alice, fmt.Sprint(i), "2026-10-21 09:00", "2026-10-21 10:00")
	}
	var added []string
	items, token := pages(w, func(token string) *calendar.EventsListCall {
		return mine.Events.List("primary").MaxResults(2).PageToken(token)
	}, func() {
		added = append(added, w.book(alice, "meanwhile", "2026-10-22 09:00", "2026-10-22 10:00")+" confirmed")
	})
	if len(items) != 5 || len(added) != 2 {
		t.Errorf("%d events in the pages, %d added", len(items), len(added))
	}
	delta := must[*calendar.Events](w)(mine.Events.List("primary").SyncToken(token).Do())
	slices.Sort(added)
	if got := ids(delta.Items); !slices.Equal(got, added) {
		t.Errorf("the sync tells %q, want %q", got, added)
	}
	again := must[*calendar.Events](w)(mine.Events.List("primary").SyncToken(delta.NextSyncToken).Do())
	if len(again.Items) != 0 || again.NextSyncToken == "" {
		t.Errorf("an unchanged calendar: %+v", again.Items)
	}
}

func TestSyncTokens(t *testing.T) {
	w := newWorld(t)
	mine := w.service(alice)
	gone := w.book(alice, "Board", "2026-10-21 09:00", "2026-10-21 10:00")
	token := must[*calendar.Events](w)(mine.Events.List("primary").Do()).NextSyncToken
	if err := w.As(alice).Delete(gone); err != nil {
		t.Fatal(err)
	}
	if got := ids(must[*calendar.Events](w)(mine.Events.List("primary").SyncToken(token).Do()).Items); !slices.Equal(got, []string{gone + " cancelled"}) {
		t.Errorf("the sync tells %q", got)
	}
	if got := must[*calendar.Events](w)(mine.Events.List("primary").Do()).Items; len(got) != 0 {
		t.Errorf("the list has %q", ids(got))
	}
	if got := must[*calendar.Events](w)(mine.Events.List("primary").ShowDeleted(true).Do()).Items; len(got) != 1 || got[0].Summary != "Board" {
		t.Errorf("with what was deleted: %+v", got)
	}
	if ordered := must[*calendar.Events](w)(mine.Events.List("primary").SingleEvents(true).OrderBy("startTime").Do()); ordered.NextSyncToken != "" {
		t.Error("an ordered list has a sync token")
	}
	if got := ids(must[*calendar.Events](w)(mine.Events.List("primary").UpdatedMin(w.now.Format(time.RFC3339)).Do()).Items); !slices.Equal(got, []string{gone + " cancelled"}) {
		t.Errorf("changed since: %q", got)
	}
	_, tooLong := mine.Events.List("primary").UpdatedMin(w.now.AddDate(0, -2, 0).Format(time.RFC3339)).Do()
	w.refused(tooLong, 410, "updatedMinTooLongAgo")
	w.ExpireTokens()
	_, err := mine.Events.List("primary").SyncToken(token).Do()
	w.refused(err, 410, "fullSyncRequired")
	if fresh := must[*calendar.Events](w)(mine.Events.List("primary").Do()).NextSyncToken; len(must[*calendar.Events](w)(mine.Events.List("primary").SyncToken(fresh).Do()).Items) != 0 {
		t.Error("a new token tells of changes")
	}
}

func TestListsAreFiltered(t *testing.T) {
	w, mine := booked(t)
	board := w.book(alice, "Board", "2026-10-21 09:00", "2026-10-21 10:00")
	must[*calendar.Event](w)(mine.Events.Patch("primary", second, &calendar.Event{Status: "cancelled"}).Do())
	list := func() *calendar.EventsListCall { return mine.Events.List("primary") }
	for _, row := range []struct {
		sentence string
		call     *calendar.EventsListCall
		want     []string
	}{
		{"a list of masters holds the cancelled instances of living series", list(), []string{"1on1dana confirmed", second + " cancelled", board + " confirmed"}},
		{"single events hold instances and no master", list().SingleEvents(true).OrderBy("startTime").TimeMax("2026-12-01T00:00:00Z"),
			[]string{board + " confirmed", first + " confirmed", third + " confirmed"}},
		{"single events with what was deleted", list().SingleEvents(true).OrderBy("startTime").ShowDeleted(true).TimeMin("2026-10-28T00:00:00Z").TimeMax("2026-10-29T00:00:00Z"), []string{second + " cancelled"}},
		{"an event that ends as the window begins is not in it", list().TimeMin("2026-10-21T08:00:00Z").TimeMax("2026-10-21T13:00:00Z"), nil},
		{"an event that begins as the window ends is not in it", list().TimeMin("2026-10-21T06:00:00Z").TimeMax("2026-10-21T07:00:00Z"), nil},
		{"a master is in a window that has one of its instances", list().TimeMin("2026-11-04T00:00:00Z").TimeMax("2026-11-05T00:00:00Z"), []string{"1on1dana confirmed"}},
		{"by private extended property", list().PrivateExtendedProperty("bilateral=dana").ShowDeleted(false).SingleEvents(true), []string{first + " confirmed", third + " confirmed"}},
		{"by another value of it", list().PrivateExtendedProperty("bilateral=eve"), nil},
		{"by iCalUID", list().ICalUID(board + "@google.com"), []string{board + " confirmed"}},
		{"by words", list().Q("board"), []string{board + " confirmed"}},
		{"by type", list().EventTypes("focusTime", "outOfOffice"), nil},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			got := ids(must[*calendar.Events](w)(row.call.Do()).Items)
			slices.Sort(got)
			slices.Sort(row.want)
			if !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestConditionalReads(t *testing.T) {
	w, mine := booked(t)
	e := must[*calendar.Event](w)(mine.Events.Get("primary", "1on1dana").Do())
	all := must[*calendar.Events](w)(mine.Events.List("primary").Do())
	if _, err := mine.Events.Get("primary", "1on1dana").IfNoneMatch(e.Etag).Do(); !googleapi.IsNotModified(err) {
		t.Errorf("an unchanged event: %v", err)
	}
	if _, err := mine.Events.List("primary").IfNoneMatch(all.Etag).Do(); !googleapi.IsNotModified(err) {
		t.Errorf("an unchanged list: %v", err)
	}
	stale := mine.Events.Patch("primary", "1on1dana", &calendar.Event{Description: "Mine"})
	stale.Header().Set("If-Match", e.Etag)
	if err := w.As(dana).Answer("1on1dana", "accepted", ""); err != nil {
		t.Fatal(err)
	}
	_, err := stale.Do()
	w.refused(err, 412, "conditionNotMet")
	if now := must[*calendar.Event](w)(mine.Events.Get("primary", "1on1dana").IfNoneMatch(e.Etag).Do()); now.Etag == e.Etag || now.Attendees[0].ResponseStatus != "accepted" || now.Sequence != e.Sequence {
		t.Errorf("after the answer: %+v", now)
	}
	if _, err := mine.Events.List("primary").IfNoneMatch(all.Etag).Do(); err != nil {
		t.Errorf("a changed list: %v", err)
	}
}

func TestAReplicaThatIsBehindCatchesUp(t *testing.T) {
	w := newWorld(t)
	mine := w.service(alice)
	token := must[*calendar.Events](w)(mine.Events.List("primary").Do()).NextSyncToken
	w.Lag()
	id := w.book(alice, "Board", "2026-10-21 09:00", "2026-10-21 10:00")
	late := must[*calendar.Events](w)(mine.Events.List("primary").SyncToken(token).Do())
	if len(late.Items) != 0 {
		t.Errorf("the replica knows %q", ids(late.Items))
	}
	must[*calendar.Event](w)(mine.Events.Get("primary", id).Do())
	w.CatchUp()
	if got := must[*calendar.Events](w)(mine.Events.List("primary").SyncToken(late.NextSyncToken).Do()).Items; len(got) != 1 {
		t.Errorf("after catching up: %q", ids(got))
	}
}

// mirror is what a client keeps that follows syncs: ETags by id.
type mirror map[string]string

func (m mirror) follow(items []*calendar.Event) {
	for _, e := range items {
		m[e.Id] = e.Etag
		if e.Status != "cancelled" {
			continue
		}
		delete(m, e.Id)
		if e.RecurringEventId == "" { // its exceptions go with it
			maps.DeleteFunc(m, func(id, _ string) bool { return strings.HasPrefix(id, e.Id+"_") })
		}
	}
}

// TestDeltasAddUpToTheList: whatever people do, a mirror fed by syncs holds what a full list holds.
func TestDeltasAddUpToTheList(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w, mine := booked(t)
		followed, token := make(mirror), ""
		read := func(meanwhile func()) {
			var items []*calendar.Event
			items, token = pages(w, func(page string) *calendar.EventsListCall {
				c := mine.Events.List("primary").MaxResults(2).PageToken(page)
				if token != "" {
					c = c.SyncToken(token)
				}
				return c
			}, meanwhile)
			followed.follow(items)
		}
		for range rapid.IntRange(1, 12).Draw(r, "rounds") {
			for range rapid.IntRange(0, 3).Draw(r, "deeds") {
				w.deed(r)
			}
			read(func() {
				if rapid.Bool().Draw(r, "meanwhile") {
					w.deed(r)
				}
			})
		}
		read(func() {})
		whole := make(mirror)
		whole.follow(must[*calendar.Events](w)(mine.Events.List("primary").Do()).Items)
		if !maps.Equal(followed, whole) {
			r.Fatalf("the mirror holds %q, the calendar %q", followed, whole)
		}
	})
}

// deed is one thing that Alice or Dana may do at the web page. What is refused is refused.
func (w *world) deed(r *rapid.T) {
	who := rapid.SampledFrom([]string{alice, dana}).Draw(r, "who")
	id := rapid.SampledFrom([]string{"1on1dana", first, second, third}).Draw(r, "event")
	at := w.now.Add(time.Duration(rapid.IntRange(1, 40*24).Draw(r, "hours")) * time.Hour)
	h := w.As(who)
	switch rapid.IntRange(0, 7).Draw(r, "deed") {
	case 0:
		_, _ = h.Book(standin.Booking{Title: "Other", Start: at, End: at.Add(time.Hour), Guests: []string{alice, dana}})
	case 1:
		_ = h.Answer(id, rapid.SampledFrom([]string{"accepted", "declined"}).Draw(r, "answer"), "a note")
	case 2:
		_ = h.Drag(id, at, at.Add(30*time.Minute))
	case 3:
		_ = h.Delete(id)
	case 4:
		_ = h.Restore(id)
	case 5:
		_ = h.EditDescription(id, func(text string) string { return text + "\n- more" })
	case 6:
		_ = h.Edit(id, map[string]any{"recurrence": []any{"RRULE:FREQ=WEEKLY;COUNT=" + rapid.SampledFrom([]string{"1", "2", "3"}).Draw(r, "count")}})
	case 7:
		_ = h.Edit(id, map[string]any{"attendees": []any{}})
	}
	w.now = w.now.Add(time.Minute)
}
