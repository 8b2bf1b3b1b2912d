package calendartest

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"bilateral/calendar"
)

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
