package calendartest

import (
	"context"
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

func changing() []testCase {
	return slices.Concat(changingInstances(), changingSeries(), changingPeople())
}

func changingInstances() []testCase {
	return []testCase{
		{"moving one instance leaves the others where they stand", func(b *bench) {
			b.create()
			before, to := b.ours(), span(berlin, "2026-10-29 09:00", 30)
			b.patch(third, calendar.Patch{Span: &to, Mark: calendar.Mark{"moves": "1"}})
			in := b.instance(third)
			if !in.Span.Equal(to) || !in.Standing.Equal(span(berlin, "2026-10-28 15:30", 45)) || in.Mark["moves"] != "1" {
				b.Errorf("moved: %+v", in)
			}
			b.sameBut(before, b.ours(), third)
		}},
		{"two instances changed at once are one new version", func(b *bench) {
			c := change(b.create())
			one, two := span(berlin, "2026-10-22 10:00", 45), span(berlin, "2026-11-05 10:00", 45)
			c.Instances = []calendar.InstancePatch{{Original: second, Patch: calendar.Patch{Span: &one}}, {Original: fourth, Patch: calendar.Patch{Span: &two}}}
			version := b.apply(c)
			if s := b.ours(); version != "" && s.Version != version || s.Version == c.Version {
				b.Errorf("version was %q, is %q, Apply said %q", c.Version, s.Version, version)
			}
			if !b.instance(second).Span.Equal(one) || !b.instance(fourth).Span.Equal(two) {
				b.Errorf("got %+v", b.ours().Instances)
			}
		}},
		{"an instance moved twice stays the same instance", func(b *bench) {
			b.create()
			one, two := span(berlin, "2026-10-22 10:00", 45), span(berlin, "2026-10-23 11:00", 20)
			b.patch(second, calendar.Patch{Span: &one})
			b.patch(second, calendar.Patch{Span: &two})
			if in := b.instance(second); !in.Span.Equal(two) || len(b.ours().Instances) != 7 {
				b.Errorf("got %+v of %d", in, len(b.ours().Instances))
			}
		}},
		{"an instance is cancelled as an override and comes back", func(b *bench) {
			b.create()
			b.patch(second, calendar.Patch{Cancelled: new(true), Mark: calendar.Mark{"waived": "away"}})
			if in := b.instance(second); !in.Cancelled || in.Excluded || in.Mark["waived"] != "away" {
				b.Errorf("cancelled: %+v", in)
			}
			b.patch(second, calendar.Patch{Cancelled: new(false), Mark: calendar.Mark{"waived": ""}})
			in := b.instance(second)
			if _, kept := in.Mark["waived"]; in.Cancelled || kept || !in.Span.Equal(span(berlin, "2026-10-21 15:30", 45)) {
				b.Errorf("restored: %+v", in)
			}
		}},
		{"a deleted instance comes back from the EXDATE at a new time", func(b *bench) {
			b.other.Put(uid, ourText("EXDATE;TZID=Europe/Berlin:20261021T153000,20261104T153000"))
			to := span(berlin, "2026-10-22 10:00", 45)
			b.patch(second, calendar.Patch{Cancelled: new(false), Span: &to})
			if in := b.instance(second); in.Excluded || in.Cancelled || !in.Span.Equal(to) {
				b.Errorf("restored: %+v", in)
			}
			if in := b.instance(fourth); !in.Excluded {
				b.Errorf("the other deleted one: %+v", in)
			}
		}},
		{"one instance's text and mark are its own", func(b *bench) {
			before := b.create()
			b.patch(second, calendar.Patch{Description: new(awkward + "\nmore"), Title: new("Alice / Dana (board)"), Mark: calendar.Mark{"agenda": "a, b"}})
			in := b.instance(second)
			if in.Description != awkward+"\nmore" || in.Title != "Alice / Dana (board)" || in.Mark["agenda"] != "a, b" {
				b.Errorf("got %+v", in)
			}
			b.sameBut(before, b.ours(), second)
		}},
	}
}

func changingSeries() []testCase {
	return []testCase{
		{"the whole series moves to another time", func(b *bench) {
			b.create()
			to, rule := span(berlin, "2026-10-15 10:00", 30), "FREQ=WEEKLY;BYDAY=TH"
			b.patchSeries(calendar.Patch{Span: &to, Rule: &rule})
			s := b.ours()
			if !s.Start.Equal(to.Start) || s.Duration != 30*time.Minute || !sameRule(s.Rule, rule) || s.Mark["id"] != "dana" {
				b.Errorf("got %+v", s)
			}
			if in := s.Instances[2]; !in.Span.Equal(span(berlin, "2026-10-29 10:00", 30)) {
				b.Errorf("third instance: %+v", in)
			}
		}},
		{"a series ends where its rule says", func(b *bench) {
			b.create()
			b.patchSeries(calendar.Patch{Rule: new("FREQ=WEEKLY;BYDAY=WE;UNTIL=20261028T143000Z")})
			b.hasSpans(uid, span(berlin, "2026-10-14 15:30", 45), span(berlin, "2026-10-21 15:30", 45), span(berlin, "2026-10-28 15:30", 45))
		}},
		{"what is written is what is read, and writing it again changes nothing", writesTwice},
	}
}

// writesTwice is the trap of five-minute updates: if written text came back as another text, every pass would write it.
func writesTwice(b *bench) {
	b.create()
	p := calendar.Patch{Title: new("A, B; C\\n"), Location: new("x\ny"), Description: new(awkward), Mark: calendar.Mark{"agenda": "==b64., 🎉\n"}}
	for range 2 {
		b.patchSeries(p)
		s := b.ours()
		if s.Title != *p.Title || s.Location != *p.Location || s.Description != *p.Description || s.Mark["agenda"] != p.Mark["agenda"] {
			b.Fatalf("read back %q, %q, %q, %q", s.Title, s.Location, s.Description, s.Mark)
		}
	}
	before := b.ours()
	b.unchanged(before)
	s := before
	b.patchSeries(calendar.Patch{Title: &s.Title, Location: &s.Location, Description: &s.Description, Mark: s.Mark})
	after := b.ours()
	after.Version, after.Name = before.Version, before.Name
	if !reflect.DeepEqual(before, after) {
		b.Errorf("before %+v\nafter  %+v", before, after)
	}
}

// changingPeople is what guests and other programs notice of our changes.
func changingPeople() []testCase {
	return []testCase{
		{"a change of text alone asks nobody again", func(b *bench) {
			b.other.Put(uid, ourText())
			b.patchSeries(calendar.Patch{Description: new("Other figures")})
			b.patch(second, calendar.Patch{Description: new("Agenda"), Mark: calendar.Mark{"agenda": "1"}})
			s, in := b.ours(), b.instance(second)
			if s.Sequence != 3 || in.Sequence != 3 {
				b.Errorf("SEQUENCE was 3, is %d and %d", s.Sequence, in.Sequence)
			}
			b.answers(s.Attendees, calendar.Accepted)
			b.answers(in.Attendees, calendar.Accepted)
		}},
		{"a change of time asks the guest again, and only for that instance", func(b *bench) {
			b.other.Put(uid, ourText())
			to := span(berlin, "2026-10-22 10:00", 45)
			b.patch(second, calendar.Patch{Span: &to})
			s, in := b.ours(), b.instance(second)
			if in.Sequence <= 3 || s.Sequence != 3 {
				b.Errorf("SEQUENCE was 3, is %d (instance) and %d (series)", in.Sequence, s.Sequence)
			}
			b.answers(in.Attendees, calendar.NeedsAction)
			b.answers(s.Attendees, calendar.Accepted)
			if own, _ := calendar.Attends(in.Attendees, "alice@example.org"); own.Status != calendar.Accepted {
				b.Errorf("the organizer's own answer became %q", own.Status)
			}
		}},
		{"SEQUENCE never falls", func(b *bench) {
			b.other.Put(uid, ourText())
			last := 3
			for _, p := range []calendar.Patch{{Span: new(span(berlin, "2026-10-22 10:00", 45))}, {Title: new("Dana")}, {Cancelled: new(true)}, {Cancelled: new(false)}} {
				b.patch(second, p)
				if in := b.instance(second); in.Sequence < last || p.Retimes() && in.Sequence == last {
					b.Errorf("SEQUENCE went from %d to %d", last, in.Sequence)
				}
				last = b.instance(second).Sequence
			}
		}},
		{"what we do not know survives our change", func(b *bench) {
			b.other.Put(uid, ourText("COLOR:turquoise"))
			b.patchSeries(calendar.Patch{Description: new("New"), Mark: calendar.Mark{"agenda": "1"}})
			b.patch(second, calendar.Patch{Span: new(span(berlin, "2026-10-22 10:00", 45))})
			text := unfolded(b.other.Text(uid))
			for _, keep := range []string{"X-OTHER-PROGRAM;X-P=1:keep, me; as\\, I am", "CONFERENCE;VALUE=URI:https://meet.example.org/abc", "COLOR:turquoise", "BEGIN:VALARM", "TRIGGER:-PT10M"} {
				if !strings.Contains(text, keep) {
					b.Errorf("%q is gone from\n%s", keep, text)
				}
			}
			if s := b.ours(); s.Title != "Alice / Dana" {
				b.Errorf("the title became %q", s.Title)
			}
		}},
		{"events of others are never touched", func(b *bench) {
			b.other.Put("jour-fixe", foreign("jour-fixe", guest))
			b.other.Put("broken", event("broken", "DTSTART:nonsense"))
			before := string(b.other.Text("jour-fixe")) + string(b.other.Text("broken"))
			b.create()
			b.patch(second, calendar.Patch{Cancelled: new(true)})
			b.patchSeries(calendar.Patch{Title: new("Dana")})
			if after := string(b.other.Text("jour-fixe")) + string(b.other.Text("broken")); after != before {
				b.Errorf("before\n%s\nafter\n%s", before, after)
			}
		}},
	}
}

func (b *bench) answers(list []calendar.Attendee, want calendar.PartStat) {
	b.Helper()
	got, _ := calendar.Attends(list, guest)
	if got.Status == "" {
		got.Status = calendar.NeedsAction
	}
	if got.Status != want {
		b.Errorf("the guest's answer is %q, want %q", got.Status, want)
	}
}

func clashing() []testCase {
	rename := calendar.Patch{Title: new("Ours")}
	return []testCase{
		{"a change against a version that is not the present one is a conflict and writes nothing", func(b *bench) {
			c := change(b.create())
			b.edit(func(text string) string { return answered(text, calendar.Accepted) })
			before := string(b.other.Text(uid))
			c.Series = &rename
			b.refused(c, calendar.Conflict)
			if after := string(b.other.Text(uid)); after != before {
				b.Errorf("before\n%s\nafter\n%s", before, after)
			}
		}},
		{"the conflict ends when the series is observed again, and the other's edit stays", func(b *bench) {
			c := change(b.create())
			b.edit(func(text string) string { return answered(text, calendar.Accepted) })
			c.Series = &rename
			b.refused(c, calendar.Conflict)
			b.patchSeries(rename)
			b.answers(b.ours().Attendees, calendar.Accepted)
			if s := b.ours(); s.Title != "Ours" {
				b.Errorf("title %q", s.Title)
			}
		}},
		{"our own change makes the version before it stale", func(b *bench) {
			c := change(b.create())
			c.Series = &rename
			b.apply(c)
			b.refused(c, calendar.Conflict)
		}},
		{"the version that Apply tells is the one to go on with", func(b *bench) {
			c := change(b.create())
			c.Series = &rename
			if c.Version = b.apply(c); c.Version == "" {
				c.Version = b.ours().Version
			}
			c.Series = &calendar.Patch{Title: new("Ours again")}
			b.apply(c)
			if s := b.ours(); s.Title != "Ours again" {
				b.Errorf("title %q", s.Title)
			}
		}},
		{"a series deleted since it was observed is not made again", func(b *bench) {
			c := change(b.create())
			b.other.Delete(uid)
			c.Series = &rename
			b.refused(c, calendar.Gone, calendar.Conflict)
			if o := b.observe(); o.Objects != 0 {
				b.Errorf("%d objects", o.Objects)
			}
		}},
		{"nothing is read or written after the deadline", func(b *bench) {
			c := change(b.create())
			c.Series = &rename
			late, cancel := context.WithCancel(context.Background())
			cancel()
			if _, err := b.account.Apply(late, c); calendar.KindOf(err) != calendar.Unreachable {
				b.Errorf("apply: %v", err)
			}
			if _, err := b.account.Observe(late, calendar.Query{Window: window, Zone: berlin}); calendar.KindOf(err) != calendar.Unreachable {
				b.Errorf("observe: %v", err)
			}
			if s := b.ours(); s.Version != c.Version {
				b.Errorf("it was written: %+v", s)
			}
		}},
	}
}

// unchanged checks that our series is exactly what it was.
func (b *bench) unchanged(before calendar.Series) {
	b.Helper()
	if after := b.ours(); !reflect.DeepEqual(before, after) {
		b.Errorf("before %+v\nafter  %+v", before, after)
	}
}

// sameBut checks that all instances but one, and the master, are what they were.
func (b *bench) sameBut(before, after calendar.Series, except time.Time) {
	b.Helper()
	other := func(in calendar.Instance) bool { return in.Original.Equal(except) }
	before.Instances = slices.DeleteFunc(slices.Clone(before.Instances), other)
	after.Instances = slices.DeleteFunc(slices.Clone(after.Instances), other)
	after.Version = before.Version
	if !reflect.DeepEqual(before, after) {
		b.Errorf("before %+v\nafter  %+v", before, after)
	}
}
