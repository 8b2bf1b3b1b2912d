package calendartest

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
)

func reading() []testCase {
	return append(readingTimes(), []testCase{
		{"an empty calendar has no objects", func(b *bench) {
			if o := b.observe(); o.Objects != 0 || len(o.Events)+len(o.Series)+len(o.Unreadable) != 0 {
				b.Errorf("got %+v", o)
			}
		}},
		{"a calendar read twice is the same, and the second time nothing is parsed", readTwice},
		{"what another person adds, changes and deletes is seen at the next look", seesEdits},
		{"a broken object is named and the others count", func(b *bench) {
			b.other.Put("broken", event("broken", "DTSTART;TZID=Nowhere/Atlantis:20261021T100000", "SUMMARY:Lost"))
			b.other.Put("sound", event("sound", "DTSTART:20261021T100000Z", "DTEND:20261021T110000Z"))
			o := b.observe()
			if len(o.Unreadable) == 0 || o.Unreadable[0].Where == "" || o.Unreadable[0].Why == "" {
				b.Errorf("the broken object is not named: %+v", o.Unreadable)
			}
			b.hasSpans("sound", span(time.UTC, "2026-10-21 10:00", 60))
			if o.Objects != 2 {
				b.Errorf("got %d objects, want 2", o.Objects)
			}
		}},
		{"a series asked for by UID comes whole and without a mark", func(b *bench) {
			b.other.Put("jour-fixe", foreign("jour-fixe", guest))
			o := b.ask(calendar.Query{Window: window, Zone: berlin, UIDs: []string{"jour-fixe"}})
			if len(o.Series) != 1 || len(o.Series[0].Mark) != 0 || len(o.Series[0].Instances) == 0 {
				b.Errorf("got %+v", o.Series)
			}
		}},
		{"a series nobody asked for is busy time only", func(b *bench) {
			b.other.Put("jour-fixe", foreign("jour-fixe", guest))
			if o := b.observe(); len(o.Series) != 0 || len(o.Events) == 0 {
				b.Errorf("got %d series, %d events", len(o.Series), len(o.Events))
			}
		}},
		{"series with the guest can be found for adoption, others and single events are not", findsAdoptable},
		{"the guest's answers to the series and to one instance are seen", func(b *bench) {
			b.other.Put(uid, ourText())
			b.edit(func(text string) string { return answered(text, calendar.Maybe) })
			b.edit(func(text string) string { return answeredOnce(text, second, calendar.Declined) })
			if a, _ := calendar.Attends(b.ours().Attendees, guest); a.Status != calendar.Maybe {
				b.Errorf("series: got %q", a.Status)
			}
			in := b.instance(second)
			if a, _ := calendar.Attends(in.Attendees, guest); a.Status != calendar.Declined || in.Cancelled {
				b.Errorf("instance: got %q, cancelled %v", a.Status, in.Cancelled)
			}
		}},
		{"an instance that a person moved, deleted or cancelled is known by its original start", readsInstances},
	}...)
}

func foreign(uid, attendee string) []byte {
	return event(uid, "DTSTART;TZID=Europe/Berlin:20261013T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY", "SUMMARY:Jour fixe",
		"ORGANIZER:mailto:alice@example.org", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:"+attendee)
}

func readTwice(b *bench) {
	b.other.Put(uid, ourText())
	b.other.Put("jour-fixe", foreign("jour-fixe", guest))
	b.other.Put("broken", event("broken", "DTSTART:nonsense"))
	one, two := b.observe(), b.observe()
	if one.Parsed == 0 || two.Parsed != 0 {
		b.Errorf("parsed %d, then %d objects", one.Parsed, two.Parsed)
	}
	one.Parsed = 0
	if !reflect.DeepEqual(one, two) {
		b.Errorf("first %+v\nthen  %+v", one, two)
	}
}

func seesEdits(b *bench) {
	b.observe()
	b.other.Put("a", event("a", "DTSTART:20261021T100000Z", "DTEND:20261021T110000Z"))
	b.hasSpans("a", span(time.UTC, "2026-10-21 10:00", 60))
	// The same size at once after: times and sizes alone do not tell.
	b.other.Put("a", event("a", "DTSTART:20261021T110000Z", "DTEND:20261021T120000Z"))
	b.hasSpans("a", span(time.UTC, "2026-10-21 11:00", 60))
	b.other.Delete("a")
	if o := b.observe(); o.Objects != 0 || len(o.Events) != 0 {
		b.Errorf("after the deletion: %d objects, %d events", o.Objects, len(o.Events))
	}
}

func findsAdoptable(b *bench) {
	b.other.Put("with", foreign("with", guest))
	b.other.Put("without", foreign("without", "erin@example.org"))
	b.other.Put("theirs", event("theirs", "DTSTART:20261014T100000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY",
		"ORGANIZER:mailto:Dana@Example.org", "ATTENDEE:mailto:alice@example.org"))
	b.other.Put("once", event("once", "DTSTART:20261015T100000Z", "DURATION:PT1H", "ATTENDEE:mailto:"+guest))
	var found []string
	for _, s := range b.ask(calendar.Query{Window: window, Zone: berlin, Guest: guest}).Series {
		found = append(found, s.UID)
	}
	if !slices.Equal(found, []string{"theirs", "with"}) {
		b.Errorf("got %v", found)
	}
}

func readsInstances(b *bench) {
	text := string(ourText("EXDATE;TZID=Europe/Berlin:20261028T153000"))
	text = withOverride(text, "RECURRENCE-ID;TZID=Europe/Berlin:20261021T153000", "DTSTART:20261022T080000Z", "DTEND:20261022T083000Z")
	text = withOverride(text, "RECURRENCE-ID:20261104T143000Z", "DTSTART:20261104T143000Z", "DTEND:20261104T151500Z", "STATUS:CANCELLED")
	b.other.Put(uid, []byte(text))
	if in := b.instance(second); !in.Override || !in.Span.Equal(span(time.UTC, "2026-10-22 08:00", 30)) ||
		!in.Standing.Equal(span(berlin, "2026-10-21 15:30", 45)) {
		b.Errorf("moved: %+v", in)
	}
	if in := b.instance(third); !in.Excluded || in.Override {
		b.Errorf("deleted: %+v", in)
	}
	if in := b.instance(fourth); !in.Cancelled || in.Excluded {
		b.Errorf("cancelled: %+v", in)
	}
	b.hasSpans(uid, span(berlin, "2026-10-14 15:30", 45), span(time.UTC, "2026-10-22 08:00", 30),
		span(berlin, "2026-11-11 15:30", 45), span(berlin, "2026-11-18 15:30", 45), span(berlin, "2026-11-25 15:30", 45))
}

// hasSpans checks where the event of a UID stands in the window; what is cancelled stands nowhere.
func (b *bench) hasSpans(uid string, want ...calendar.Span) {
	b.Helper()
	b.stands(b.observe().Events, uid, want...)
}

func (b *bench) stands(events []calendar.Event, uid string, want ...calendar.Span) {
	b.Helper()
	var got []calendar.Span
	for _, e := range events {
		if e.UID == uid && !e.Cancelled {
			got = append(got, e.Span)
		}
	}
	if !slices.EqualFunc(got, want, calendar.Span.Equal) {
		b.Errorf("%s stands at\n\t%s\nwant\n\t%s", uid, show(got), show(want))
	}
}

func show(spans []calendar.Span) string {
	var lines []string
	for _, s := range spans {
		lines = append(lines, s.Start.UTC().Format(time.RFC3339)+" for "+s.Length().String())
	}
	return strings.Join(lines, "\n\t")
}
