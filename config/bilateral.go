package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bilateral/calendar/holiday"
	"bilateral/internal/plan"
)

// bilateral reads one [[bilateral]] table.
func (r *reader) bilateral(t *table, c *Config) Bilateral {
	n := r.read(t, "[[bilateral]]")
	b := Bilateral{Name: n.bilateralName(), File: r.path}
	if b.Name != "" {
		n.where = fmt.Sprintf("[[bilateral]] %q", b.Name)
	}
	before := len(r.errors)
	judgeable := n.timing(&b.Policy)
	b.Policy.Mine = plan.Side{Name: firstName(c.Me.Name), Zone: c.Me.Zone, Hours: n.hours("hours", officeHours()), Stretch: n.hours("stretch", nil)}
	n.ownCalendars(&b, c)
	n.person(&b.Yields, &b.Holidays)
	b.LeaveWords = n.wordsOr("leave_words", LeaveWords())
	n.invitation(&b, c)
	b.Agenda = n.agenda()
	n.executive(&b, c)
	if b.Title = n.text("title"); b.Title == "" {
		b.Title = firstName(c.Me.Name) + " / " + firstName(b.Executive.Name)
	}
	n.done()
	if len(r.errors) == before && judgeable && c.Me.Zone != nil {
		n.checkPrefer(b.Policy)
	}
	return b
}

// bilateralName takes a name that the command line and file names take without quotes.
func (r *reader) bilateralName() string {
	s := r.required("name", `"dana"`)
	if strings.ContainsFunc(s, func(c rune) bool { return !nameLetter(c) }) || strings.HasPrefix(s, "-") {
		r.wrong("name", fmt.Sprintf("%q is not one word of letters, digits, - and _", s), `Write for instance: name = "dana"`)
	}
	return s
}

// timing reads everything that has a default by cadence. It reports whether prefer can be judged.
func (r *reader) timing(p *plan.Policy) bool {
	p.Cadence = r.cadence()
	d := defaultsFor(p.Cadence.Unit)
	prefer, ok := r.prefer(p.Cadence.Unit)
	p.Prefer = prefer
	p.Duration = r.slotLength("duration", d.Duration, 5*time.Minute, day)
	p.Minimum = r.slotLength("minimum", min(d.Minimum, p.Duration), 5*time.Minute, day)
	if p.Minimum > p.Duration {
		r.wrong("minimum", fmt.Sprintf("%s is longer than the duration, %s", spoken(p.Minimum), spoken(p.Duration)), fmt.Sprintf("Write at most: minimum = %q", spoken(p.Duration)))
	}
	p.Horizon = r.horizon(d.Horizon)
	p.Notice = r.duration("notice", d.Notice, 0, 31*day)
	p.Freeze = r.duration("freeze", d.Freeze, 0, 31*day)
	p.Settle = r.duration("settle", 10*time.Minute, 0, 7*day)
	p.ActWithin = r.duration("act_within", 14*day, 0, 731*day)
	p.Buffer = r.duration("buffer", 0, 0, 4*time.Hour)
	p.MaxMoves = r.count("max_moves", d.MaxMoves, 100)
	p.OnDelete = plan.OnDelete(r.choice("on_delete", string(plan.Ask), string(plan.Skip), string(plan.Replan)))
	return ok
}

// defaultsFor lists what depends on the cadence.
func defaultsFor(unit plan.Unit) plan.Policy {
	switch unit {
	case plan.Day:
		return plan.Policy{Duration: 15 * time.Minute, Minimum: 10 * time.Minute, Horizon: plan.Horizon{Days: 14},
			Notice: 2 * time.Hour, Freeze: 30 * time.Minute, MaxMoves: 1}
	case plan.Month:
		return plan.Policy{Duration: 45 * time.Minute, Minimum: 20 * time.Minute, Horizon: plan.Horizon{Months: 3},
			Notice: day, Freeze: 2 * time.Hour, MaxMoves: 3}
	}
	return plan.Policy{Duration: 45 * time.Minute, Minimum: 20 * time.Minute, Horizon: plan.Horizon{Days: 56},
		Notice: day, Freeze: 2 * time.Hour, MaxMoves: 2}
}

// ownCalendars reads which calendar holds the series, and which ones the owner is busy in.
func (r *reader) ownCalendars(b *Bilateral, c *Config) {
	b.Calendar = r.filled("calendar")
	switch {
	case !r.has("calendar") && len(c.Calendars) == 1:
		b.Calendar = c.Calendars[0].Name
	case !r.has("calendar"):
		r.missing("calendar", "Name the one that holds the meetings: calendar = "+quoted([]string{firstOr(c.names(), "work")}))
	case b.Calendar != "":
		r.checkCalendar(r.line("calendar"), "calendar", b.Calendar, c)
	}
	if held, ok := c.Calendar(b.Calendar); ok && held.Type == ICS {
		r.wrong("calendar", fmt.Sprintf("%q is of type ics, which can only be read", b.Calendar), "Name a calendar of type caldav, google or vdir; this one may stand in busy.")
	}
	b.Busy = []string{b.Calendar}
	if list, ok := r.words("busy"); ok {
		b.Busy = texts(list)
		for _, w := range list {
			r.checkCalendar(w.line, "busy", w.text, c)
		}
	}
}

func (r *reader) checkCalendar(line int, key, name string, c *Config) {
	if _, ok := c.Calendar(name); ok {
		return
	}
	do := fmt.Sprintf("Add a table [calendar.%s].", name)
	if n := nearest(name, c.names()); n != "" {
		do = fmt.Sprintf("Did you mean %q? Otherwise add a table [calendar.%s].", n, name)
	}
	r.wrongAt(line, key, fmt.Sprintf("there is no calendar %q", name), do)
}

// names lists the calendars.
func (c *Config) names() []string {
	var names []string
	for _, cal := range c.Calendars {
		names = append(names, cal.Name)
	}
	return names
}

func firstOr(list []string, otherwise string) string {
	if len(list) > 0 {
		return list[0]
	}
	return otherwise
}

// person reads what both people have: yields and holidays.
func (r *reader) person(yields, holidays *[]string) {
	*yields = r.wordsOr("yields", nil)
	list, _ := r.words("holidays")
	for _, w := range list {
		if holiday.IsFile(w.text) {
			*holidays = append(*holidays, r.expand(w.text))
			continue
		}
		if err := holiday.Check(w.text); err != nil {
			r.wrongAt(w.line, "holidays", err.Error(), "Or name an .ics file: "+`holidays = ["holidays.ics"]`)
			continue
		}
		*holidays = append(*holidays, w.text)
	}
}

func (r *reader) wordsOr(key string, otherwise []string) []string {
	if list, ok := r.words(key); ok {
		return texts(list)
	}
	return otherwise
}

// invitation reads how the series is written and announced.
func (r *reader) invitation(b *Bilateral, c *Config) {
	b.Mode = r.choice("mode", Watch, Act)
	b.Invite = r.choice("invite", InviteAuto, InviteServer, InviteMail, InviteNone)
	b.Floor = r.choice("floor", FloorDraft, FloorSend)
	b.Conference = r.choice("conference", ConferenceNone, ConferenceMeet)
	b.Visibility = r.choice("visibility", VisibilityPrivate, VisibilityDefault)
	b.Adopt, b.Location = r.text("adopt"), r.text("location")
	b.Prep = r.slotLength("prep", 0, 0, 4*time.Hour)
	if c.Mail.SMTP == "" {
		r.needMail("invite", b.Invite == InviteMail)
		r.needMail("floor", b.Floor == FloorSend)
	}
	if held, ok := c.Calendar(b.Calendar); ok && b.Conference == ConferenceMeet && held.Type != Google {
		r.wrong("conference", fmt.Sprintf("only Google makes such links, and calendar %q is of type %s", held.Name, held.Type), `Write conference = "none"; a fixed link may stand in location.`)
	}
}

func (r *reader) needMail(key string, asked bool) {
	if asked {
		r.wrong(key, fmt.Sprintf("%q needs a way to send mail", r.table.value(key)), "Add a table [mail] to the main file, with "+example("smtp"))
	}
}

// executive reads the table [bilateral.executive].
func (r *reader) executive(b *Bilateral, c *Config) {
	b.Policy.Theirs = plan.Side{Zone: c.Me.Zone}
	x := r.sub("executive", "[bilateral.executive]")
	if x == nil {
		if !r.has("executive") {
			r.missing("executive", "Add a table [bilateral.executive] below, with name and email of the other person.")
		}
		return
	}
	if b.Name != "" {
		x.where = fmt.Sprintf("[bilateral.executive] of %q", b.Name)
	}
	defer x.done()
	b.Executive = Executive{Name: x.required("name", `"Dana Boss"`), Email: x.email(`"dana@example.org"`), Zone: x.zone("timezone", c.Me.Zone)}
	if b.Executive.Email != "" && b.Executive.Email == c.Me.Email {
		x.wrong("email", "is your own; a bilateral is between two people", `Write the other person's: email = "dana@example.org"`)
	}
	x.person(&b.Executive.Yields, &b.Executive.Holidays)
	x.theirBusy(b, c)
	b.Policy.Theirs = plan.Side{Name: firstName(b.Executive.Name), Zone: b.Executive.Zone, Hours: x.hours("hours", officeHours()), Stretch: x.hours("stretch", nil)}
}

// theirBusy reads where the executive's busy time is to be had. By default a server is asked, where there is one.
func (r *reader) theirBusy(b *Bilateral, c *Config) {
	held, known := c.Calendar(b.Calendar)
	asks := known && (held.Type == CalDAV || held.Type == Google)
	list, ok := r.words("busy")
	if !ok {
		if asks {
			b.Executive.Busy = []string{FreeBusy}
		}
		return
	}
	b.Executive.Busy = texts(list)
	for _, w := range list {
		switch {
		case w.text != FreeBusy:
			r.checkCalendar(w.line, "busy", w.text, c)
		case known && !asks:
			r.wrongAt(w.line, "busy", fmt.Sprintf("calendar %q is of type %s and has no server to ask for free/busy", held.Name, held.Type),
				`Name a calendar that shows their time: busy = ["dana"], or write busy = [] to go by hours and replies alone.`)
		}
	}
}

// firstName is the first word that is no title such as Dr.
func firstName(name string) string {
	for f := range strings.FieldsSeq(name) {
		if !strings.HasSuffix(f, ".") {
			return f
		}
	}
	return name
}

func nameLetter(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || slices.Contains([]rune("-_."), c)
}
