package engine

import (
	"context"
	"strings"
	"testing"

	"bilateral/calendar"
	"bilateral/internal/store"
)

// theirTime is a 1:1 that people made, Thursdays 10:00 in New York.
const theirTime = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:theirs@example.org\r\nDTSTAMP:20260101T000000Z\r\n" +
	"DTSTART;TZID=America/New_York:20260903T100000\r\nDTEND;TZID=America/New_York:20260903T103000\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:1:1\r\n" +
	"ORGANIZER:mailto:alice@example.org\r\nATTENDEE:mailto:dana@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func (o *office) adopt(uid string) (said string, ok bool) {
	o.Helper()
	id, err := o.Store.Enqueue(store.Request{Bilateral: "dana", Kind: store.Adopt, Args: map[string]string{"uid": uid}, At: o.now})
	if err != nil {
		o.Fatal(err)
	}
	if _, err := o.Pass(o.Context(), Options{Now: o.now, Only: "dana", Orders: true}); err != nil {
		o.Fatal(err)
	}
	r, err := o.Store.RequestByID(id)
	if err != nil || r.Done.IsZero() {
		o.Fatal(r, err)
	}
	return r.Outcome, r.OK
}

func TestASeriesIsTakenOverOnlyWhereNoneIsKept(t *testing.T) {
	o := newOffice(t, "2026-10-23 08:00") // before summer time ends
	o.settle()
	own := o.series().UID
	o.mine.Put("theirs.ics", []byte(theirTime))
	before := o.mine.Writes()
	if said, ok := o.adopt("theirs@example.org"); ok || !strings.Contains(said, own+" is kept already") || o.mine.Writes() != before {
		t.Errorf("beside ours: %v %q", ok, said)
	}
	list, err := o.Candidates(t.Context(), o.b, o.now)
	if err != nil || len(list) != 1 || list[0].UID != "theirs@example.org" {
		t.Errorf("offered %+v, %v", list, err)
	}
	kept, err := o.Kept(t.Context(), o.b, o.now)
	if err != nil || len(kept) != 1 || kept[0].UID != own {
		t.Errorf("kept %+v, %v", kept, err)
	}
	o.mine.Delete(o.seriesName())
	if said, ok := o.adopt("nothing@example.org"); ok || !strings.Contains(said, "no series nothing@example.org") {
		t.Errorf("what is not there: %v %q", ok, said)
	}
	if said, ok := o.adopt("theirs@example.org"); !ok || said != "theirs@example.org is kept from now on" {
		t.Errorf("where none is kept: %v %q", ok, said)
	}
}

func TestTheNextMeetingOfWhatIsTakenOverIsNamed(t *testing.T) {
	for now, want := range map[string]string{
		"2026-10-23 08:00": "2026-10-29T14:00:00Z", // Berlin's clock is back, New York's is not
		"2026-10-30 08:00": "2026-11-05T15:00:00Z",
	} {
		o := newOffice(t, now)
		o.mine.Put("theirs.ics", []byte(theirTime))
		o.b.Adopt = "theirs@example.org"
		for _, s := range o.pass().Bilaterals[0].Steps {
			if got := s.To.Start.UTC().Format("2006-01-02T15:04:05Z"); s.Action == "adopt" && got != want {
				t.Errorf("at %s it names %s, want %s", now, got, want)
			}
		}
	}
}

func TestWhoseMeetingMayBeTakenOver(t *testing.T) {
	invites := calendar.About{Invites: true}
	for _, row := range []struct {
		name      string
		organizer string
		home      calendar.About
		theirs    bool
		foreign   bool
	}{
		{"the owner's own", "Alice@example.org", invites, false, false},
		{"one without an organizer", "", invites, false, false},
		{"the executive's, which stands in the owner's calendar", "dana@example.org", invites, false, true},
		{"the executive's, where the server does not mind", "dana@example.org", calendar.About{}, false, false},
		{"the executive's, in their own calendar", "dana@example.org", invites, true, false},
		{"by an address that the owner has besides", "chen@example.org", invites, false, false},
	} {
		o := newOffice(t, monday)
		o.b.Owner.Judge.Emails = append(o.b.Owner.Judge.Emails, "chen@example.org")
		if row.theirs {
			o.assist()
		}
		if got := o.b.Foreign(calendar.Series{Organizer: row.organizer}, row.home); got != row.foreign {
			t.Errorf("%s: foreign %v", row.name, got)
		}
	}
}

// inviting is a calendar whose server invites, once it can be asked.
type inviting struct {
	calendar.Account
	down bool
}

func (a *inviting) About(context.Context) (calendar.About, error) {
	if a.down {
		return calendar.About{}, errDown
	}
	return calendar.About{Write: true, Invites: true, Silent: true}, nil
}

// hersToo is theirTime as an invitation of Dana's, with a third person in it.
var hersToo = strings.NewReplacer("ORGANIZER:mailto:alice@example.org", "ORGANIZER:mailto:dana@example.org",
	"ATTENDEE:mailto:dana@example.org", "ATTENDEE:mailto:alice@example.org\r\nATTENDEE:mailto:third@example.org").Replace(theirTime)

func TestWhatTheConfigSaysToTakeOverIsLeftAloneIfSomebodyElseOrganizesIt(t *testing.T) {
	for _, now := range []string{"2026-10-23 08:00", "2026-10-30 08:00"} { // before summer time ends in Berlin, and between the two zones
		o := newOffice(t, now)
		home := &inviting{o.mine, true}
		o.b.Home.Account = home
		o.b.Adopt = "theirs@example.org"
		o.mine.Put("theirs.ics", []byte(hersToo))
		for _, row := range []struct{ name, code, says string }{
			{"while the server cannot be asked", "", "what the calendar work can do"},
			{"once it can", "adopt_foreign", "the series theirs@example.org is organized by dana@example.org"},
			{"and ever after", "adopt_foreign", "takes changes from the organizer alone"},
		} {
			r, err := o.Pass(t.Context(), Options{Now: o.now})
			if err != nil || r.Bilaterals[0].Err == nil || r.Bilaterals[0].Code != row.code || !strings.Contains(r.Bilaterals[0].Err.Error(), row.says) {
				t.Fatalf("at %s %s: %v, %+v", now, row.name, err, r.Bilaterals[0])
			}
			home.down = false
		}
		if o.mine.Writes() != 0 || len(o.mine.Names()) != 1 {
			t.Errorf("at %s: %d writes, %q", now, o.mine.Writes(), o.mine.Names())
		}
		s, err := o.Status(o.now, 0)
		if err != nil || s.State != Critical || !strings.Contains(s.Problems[0].Do, "organizer") {
			t.Errorf("at %s: %+v %v", now, s.Problems, err)
		}
		if said, ok := o.adopt("theirs@example.org"); ok || !strings.Contains(said, "from the organizer alone") {
			t.Errorf("at %s an order to take it over: %v %q", now, ok, said)
		}
		o.b.Adopt = ""
		if o.pass(); len(o.mine.Names()) != 2 {
			t.Errorf("at %s, without adopt in the config: %q", now, o.mine.Names())
		}
	}
}

func TestWhatWasTakenOverOnceStaysOursWhoeverOrganizesIt(t *testing.T) {
	o := newOffice(t, monday)
	o.b.Adopt = "theirs@example.org"
	o.mine.Put("theirs.ics", []byte(hersToo))
	o.settle() // its server did not mind
	o.b.Home.Account = &inviting{o.mine, false}
	o.Engine.abouts = nil
	if r := o.settle(); r.NeedsPerson() || r.Bilaterals[0].Standing == nil {
		t.Errorf("%+v", r.Bilaterals[0])
	}
}
