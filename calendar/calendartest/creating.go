package calendartest

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
)

func creating() []testCase {
	return []testCase{
		{"a created series is observed as it was drafted", observesDraft},
		{"a created series keeps its wall clock when the clocks go back", func(b *bench) {
			b.create()
			b.hasSpans(uid, span(time.UTC, "2026-10-14 13:30", 45), span(time.UTC, "2026-10-21 13:30", 45),
				span(time.UTC, "2026-10-28 14:30", 45), span(time.UTC, "2026-11-04 14:30", 45), span(time.UTC, "2026-11-11 14:30", 45),
				span(time.UTC, "2026-11-18 14:30", 45), span(time.UTC, "2026-11-25 14:30", 45))
		}},
		{"a series drafted in New York stands at its hour there, also for a reader in Berlin", func(b *bench) {
			d := draft()
			d.Start, d.Zone, d.Rule = at(newYork, "2026-10-23 09:00"), newYork, "FREQ=WEEKLY;BYDAY=FR;COUNT=3"
			b.apply(calendar.Change{UID: uid, Create: d})
			b.hasSpans(uid, span(berlin, "2026-10-23 15:00", 45), span(berlin, "2026-10-30 14:00", 45), span(berlin, "2026-11-06 15:00", 45))
		}},
		{"a single event can be created", func(b *bench) {
			d := draft()
			d.Rule, d.Attendees = "", nil
			b.apply(calendar.Change{UID: uid, Create: d})
			b.hasSpans(uid, span(berlin, "2026-10-14 15:30", 45))
		}},
		{"a free day can be created, and takes nobody's time", func(b *bench) {
			b.day("2026-10-21 00:00", 24*time.Hour)
			b.hasDay(span(berlin, "2026-10-21 00:00", 24*60))
		}},
		{"a day on which the clocks go back is one day", func(b *bench) {
			b.day("2026-10-25 00:00", 25*time.Hour)
			b.hasDay(span(berlin, "2026-10-25 00:00", 25*60))
		}},
		{"what was created can be removed, and made again under another UID", func(b *bench) {
			b.day("2026-10-21 00:00", 24*time.Hour)
			gone := change(b.ours())
			gone.Remove = true
			b.apply(gone)
			if o := b.observe(); len(o.Events)+len(o.Series) != 0 || b.other.Text(uid) != nil {
				b.Errorf("it is still there: %+v", o)
			}
			b.refused(gone, calendar.Gone)
			d := draft()
			b.apply(calendar.Change{UID: "another-" + uid, Create: d})
		}},
		{"what somebody changed meanwhile is not removed", func(b *bench) {
			b.day("2026-10-21 00:00", 24*time.Hour)
			gone := change(b.ours())
			gone.Remove = true
			b.edit(func(text string) string { return strings.Replace(text, "SUMMARY:", "SUMMARY:My ", 1) })
			b.refused(gone, calendar.Conflict)
			b.ours()
		}},
		{"a second create collides and changes nothing", func(b *bench) {
			b.create()
			before := b.ours()
			again := draft()
			again.Title = "Another"
			b.refused(calendar.Change{UID: uid, Create: again}, calendar.Exists)
			b.unchanged(before)
		}},
		{"a create collides with an event of that UID that another program made unseen", func(b *bench) {
			b.observe()
			b.other.Put(uid, ourText())
			b.refused(calendar.Change{UID: uid, Create: draft()}, calendar.Exists)
			if s := b.ours(); s.Title != "Alice / Dana" {
				b.Errorf("the other's event became %q", s.Title)
			}
		}},
	}
}

// day creates a free all-day event in Berlin.
func (b *bench) day(midnight string, length time.Duration) {
	b.Helper()
	b.apply(calendar.Change{UID: uid, Create: &calendar.Draft{Title: "No slot", Description: "what to do\nnow", Start: at(berlin, midnight), Zone: berlin,
		Duration: length, AllDay: true, Free: true, Private: true, Mark: calendar.Mark{"notice": "w49"}}})
}

// hasDay expects our one event to be a free whole day.
func (b *bench) hasDay(want calendar.Span) {
	b.Helper()
	s, o := b.ours(), b.observe()
	if s.Title != "No slot" || s.Mark["notice"] != "w49" || s.Rule != "" || !s.Private {
		b.Errorf("the day is %+v", s)
	}
	if len(o.Events) != 1 || !o.Events[0].AllDay || !o.Events[0].Transparent || !o.Events[0].Span.Equal(want) {
		b.Errorf("events: %+v, want a free day %v", o.Events, want)
	}
}

func observesDraft(b *bench) {
	s, d := b.create(), draft()
	if s.Title != d.Title || s.Location != d.Location || s.Description != d.Description {
		b.Errorf("texts: got %q, %q, %q", s.Title, s.Location, s.Description)
	}
	if !s.Start.Equal(d.Start) || s.Zone == nil || s.Zone.String() != d.Zone.String() || s.Duration != d.Duration || !sameRule(s.Rule, d.Rule) {
		b.Errorf("times: got %s in %v for %s by %q", s.Start, s.Zone, s.Duration, s.Rule)
	}
	if !reflect.DeepEqual(s.Mark, d.Mark) {
		b.Errorf("mark: got %q, want %q", s.Mark, d.Mark)
	}
	dana, invited := calendar.Attends(s.Attendees, guest)
	if !invited || dana.Status != calendar.NeedsAction && dana.Status != "" || s.Organizer != d.Organizer.Email {
		b.Errorf("people: got %+v, organizer %q", s.Attendees, s.Organizer)
	}
	if plain := strings.ReplaceAll(dana.Name, `"`, "'"); plain != "Boss, Dana 'D'" {
		b.Errorf("name: got %q", dana.Name)
	}
	for _, in := range s.Instances {
		if in.Override || in.Cancelled || in.Excluded || !in.Span.Equal(in.Standing) || !in.Start.Equal(in.Original) {
			b.Errorf("instance: %+v", in)
		}
	}
}

func sameRule(a, b string) bool {
	parts := func(rule string) []string {
		p := strings.Split(strings.ToUpper(rule), ";")
		slices.Sort(p)
		return p
	}
	return slices.Equal(parts(a), parts(b))
}
