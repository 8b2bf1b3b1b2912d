package calendar

import "testing"

func TestJudge(t *testing.T) {
	dana := Person{Emails: []string{"dana@example.org"}, Yields: []string{"Focus", "Deep work"}, LeaveWords: []string{"vacation", "out of office"}}
	asked := func(s PartStat) []Attendee {
		return []Attendee{{Email: "Dana@Example.org", Status: s}, {Email: "erin@example.org"}}
	}
	rows := []struct {
		name  string
		event Event
		want  Strength
	}{
		{"a plain meeting is hard", Event{Title: "Board"}, Hard},
		{"a transparent one is free", Event{Title: "Board", Transparent: true}, Free},
		{"a cancelled one is free", Event{Cancelled: true}, Free},
		{"what she declined is free", Event{Attendees: asked(Declined)}, Free},
		{"what somebody else declined is not", Event{Attendees: []Attendee{{Email: "erin@example.org", Status: Declined}}}, Hard},
		{"what she accepted is hard", Event{Attendees: asked(Accepted)}, Hard},
		{"an invitation without an answer is soft", Event{Attendees: asked(NeedsAction)}, Soft},
		{"one without PARTSTAT too", Event{Attendees: asked("")}, Soft},
		{"one that she answered with maybe is soft", Event{Attendees: asked(Maybe)}, Soft},
		{"a tentative event is soft", Event{Tentative: true}, Soft},
		{"her own focus time yields", Event{Title: "FOCUS: writing"}, Soft},
		{"a yielding word must be whole", Event{Title: "Focusgroup"}, Hard},
		{"two words must stand together", Event{Title: "deep and shallow work"}, Hard},
		{"together they yield", Event{Title: "Some deep-work"}, Soft},
		{"a category yields like a title", Event{Title: "x", Categories: []string{"Work", "focus"}}, Soft},
		{"Google's focus time yields", Event{Kind: Focus}, Soft},
		{"a working location is free", Event{Kind: WorkingLocation}, Free},
		{"a birthday is free", Event{Kind: Birthday, AllDay: true}, Free},
		{"out of office is away", Event{Kind: OutOfOffice}, Away},
		{"outside of her own set hours she is away", Event{Kind: OffHours}, Away},
		{"transparent leave is free: it is often somebody else's", Event{Kind: OutOfOffice, Transparent: true}, Free},
		{"an all-day vacation is away", Event{Title: "Summer Vacation!", AllDay: true}, Away},
		{"a vacation of an hour is not", Event{Title: "plan the vacation"}, Hard},
		{"any other all-day event is hard", Event{Title: "Offsite", AllDay: true}, Hard},
		{"a public holiday is away, also where its calendar says transparent", Event{Kind: Holiday, AllDay: true, Transparent: true}, Away},
		{"tentative leave is soft: the first row that matches wins", Event{Title: "vacation", AllDay: true, Tentative: true}, Soft},
		{"a yielding title beats the answer", Event{Title: "Focus", Attendees: asked(Accepted)}, Soft},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if got := dana.Judge(r.event); got != r.want {
				t.Errorf("%s, want %s", got, r.want)
			}
		})
	}
	if got := (Person{Self: true}).Judge(Event{Kind: OffHours}); got != Hard {
		t.Errorf("the owner's evenings are %s: away, they would pause the program", got)
	}
}
