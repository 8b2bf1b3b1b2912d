package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"bilateral/calendar"
)

// told is what the executive was last told by mail of one series. It stands in the mark of the series' master, in the same
// write as what is told, so that neither a lost database nor a client that drops an override makes us repeat or forget a
// mail: whatever stands otherwise than it says is news.
type told struct {
	sequence int    // the highest SEQUENCE that a mail about the series had
	standing string // the standing time and the rule; "" where nothing was ever told
	except   map[int64]word
}

// word is what was told of one instance, other than what the rule says.
type word struct {
	state    string // where it stands, as [spanMark] writes it, or [gone]
	sequence int
	agenda   bool // with its agenda
}

// gone is the state of an instance that was cancelled or left out.
const gone = "gone"

func (w word) String() string {
	out := w.state + " " + strconv.Itoa(w.sequence)
	if w.agenda {
		out += " a"
	}
	return out
}

func parseWord(text string) (word, bool) {
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return word{}, false
	}
	n, err := strconv.Atoi(fields[1])
	return word{fields[0], n, len(fields) > 2}, err == nil
}

func (t told) head() string { return strconv.Itoa(t.sequence) + " " + t.standing }

// String writes the first line for the series and one for each instance.
func (t told) String() string {
	lines := []string{t.head()}
	for _, at := range slices.Sorted(maps.Keys(t.except)) {
		lines = append(lines, instantMark(time.Unix(at, 0))+"="+t.except[at].String())
	}
	return strings.Join(lines, "\n")
}

// parseTold reads what String wrote; what cannot be read counts as never told.
func parseTold(text string) told {
	head, rest, _ := strings.Cut(text, "\n")
	n, standing, _ := strings.Cut(head, " ")
	sequence, err := strconv.Atoi(n)
	if err != nil || standing == "" {
		return told{}
	}
	t := told{sequence, standing, map[int64]word{}}
	for line := range strings.Lines(rest) {
		at, what, _ := strings.Cut(strings.TrimSpace(line), "=")
		if w, ok := parseWord(what); ok && !parseInstant(at).IsZero() {
			t.except[parseInstant(at).Unix()] = w
		}
	}
	return t
}

// sequenceOf is the highest SEQUENCE that the executive can have of an instance.
func (t told) sequenceOf(original time.Time) int {
	return max(t.sequence, t.except[original.Unix()].sequence)
}

// highest is the highest SEQUENCE that was told of anything: a mail about the whole series goes over it, since a client may
// still know single meetings by theirs.
func (t told) highest() int {
	out := t.sequence
	for _, w := range t.except {
		out = max(out, w.sequence)
	}
	return out
}

// differs reports whether the instance is not where the executive was told, in a way that still matters.
func (t told) differs(i calendar.Instance, now time.Time) bool {
	told, state := t.of(i).state, stateOf(i)
	return told != state && (comes(told, now) || comes(state, now))
}

// of is what the executive believes of the instance.
func (t told) of(i calendar.Instance) word {
	if w, ok := t.except[i.Original.Unix()]; ok {
		return w
	}
	if i.Standing.IsZero() {
		return word{gone, t.sequence, false}
	}
	return word{spanMark(i.Standing), t.sequence, false}
}

// says reports whether the mark holds exactly what a letter was to tell, so that the write that made it due took place. If
// a later write took its place, that one has a letter of its own.
func (t told) says(original time.Time, text string) bool {
	if original.IsZero() {
		return t.standing != "" && t.head() == text
	}
	w, ok := parseWord(text)
	return ok && t.except[original.Unix()] == w
}

// raise gives a series the SEQUENCEs that the executive was told of, which its text lacks where an instance has no
// component of its own.
func (t told) raise(s calendar.Series) calendar.Series {
	s.Sequence = max(s.Sequence, t.sequence)
	s.Instances = slices.Clone(s.Instances)
	for k := range s.Instances {
		i := &s.Instances[k]
		i.Sequence = max(i.Sequence, t.sequenceOf(i.Original))
	}
	return s
}

// standingOf is the standing time and the rule, however a server writes the rule.
func standingOf(s calendar.Series) string {
	zone := "-"
	if s.Zone != nil {
		zone = s.Zone.String()
	}
	parts := slices.DeleteFunc(strings.Split(strings.ToUpper(s.Rule), ";"), func(p string) bool {
		return p == "" || p == "INTERVAL=1" || strings.HasPrefix(p, "WKST=")
	})
	slices.Sort(parts)
	return fmt.Sprintf("%s %s %s", spanMark(calendar.Span{Start: s.Start, End: s.Start.Add(s.Duration)}), zone, strings.Join(parts, ";"))
}

func stateOf(i calendar.Instance) string {
	if i.Cancelled || i.Excluded {
		return gone
	}
	return spanMark(i.Span)
}

// comes reports whether a meeting in that state has not ended yet.
func comes(state string, now time.Time) bool {
	s, ok := parseSpan(state)
	return ok && s.End.After(now)
}

// tellAll is what a mail about the whole series says: the standing time, and every coming instance that is elsewhere.
func (t told) tellAll(s calendar.Series, now time.Time) told {
	out := told{max(s.Sequence, t.sequence), standingOf(s), map[int64]word{}}
	for _, i := range s.Instances {
		state := stateOf(i)
		standing := !i.Standing.IsZero() && state == spanMark(i.Standing)
		if standing && i.Mark[keyAgenda] == "" || !comes(state, now) && !i.Original.After(now) {
			continue
		}
		out.except[i.Original.Unix()] = word{state, max(i.Sequence, t.sequenceOf(i.Original), out.sequence), i.Mark[keyAgenda] != ""}
	}
	return out
}

// foresee is the series as it will stand after a change: what is told is recorded in the write itself.
func foresee(s calendar.Series, c calendar.Change) calendar.Series {
	if d := c.Create; d != nil {
		s = calendar.Series{UID: c.UID, Start: d.Start, Zone: d.Zone, Duration: d.Duration, Rule: d.Rule, Title: d.Title, Location: d.Location,
			Description: d.Description, Organizer: d.Organizer.Email, Attendees: append([]calendar.Attendee{d.Organizer}, d.Attendees...),
			Private: d.Private, Mark: d.Mark}
	}
	before := s.Sequence
	s.Instances = slices.Clone(s.Instances)
	if p := c.Series; p != nil {
		s = foreseeMaster(s, *p)
	}
	for _, p := range c.Instances {
		k := slices.IndexFunc(s.Instances, func(i calendar.Instance) bool { return i.Original.Equal(p.Original) })
		if k < 0 {
			standing := calendar.Span{Start: p.Original, End: p.Original.Add(s.Duration)}
			s.Instances = append(s.Instances, calendar.Instance{Original: p.Original, Span: standing, Standing: standing, Sequence: before,
				Title: s.Title, Location: s.Location, Description: s.Description, Attendees: s.Attendees})
			k = len(s.Instances) - 1
		}
		s.Instances[k] = foreseeInstance(s.Instances[k], p.Patch, before)
	}
	slices.SortFunc(s.Instances, func(a, b calendar.Instance) int { return cmp.Compare(a.Original.Unix(), b.Original.Unix()) })
	return s
}

func foreseeMaster(s calendar.Series, p calendar.Patch) calendar.Series {
	if p.Retimes() {
		s.Sequence++
	}
	s.Sequence = max(s.Sequence, p.Sequence)
	if p.Rule != nil {
		s.Rule = *p.Rule
		if at, ok := untilOf(*p.Rule); ok {
			s.Instances = slices.DeleteFunc(s.Instances, func(i calendar.Instance) bool { return i.Original.After(at) })
		}
	}
	return s
}

// untilOf reads the end that a rule of ours has.
func untilOf(rule string) (time.Time, bool) {
	for part := range strings.SplitSeq(rule, ";") {
		if text, ok := strings.CutPrefix(part, "UNTIL="); ok {
			at := parseInstant(text)
			return at, !at.IsZero()
		}
	}
	return time.Time{}, false
}

func foreseeInstance(i calendar.Instance, p calendar.Patch, master int) calendar.Instance {
	if !i.Override {
		i.Override, i.Sequence = true, master
		i.Cancelled, i.Excluded = i.Excluded, false
	}
	if p.Retimes() {
		i.Sequence++
	}
	i.Sequence = max(i.Sequence, p.Sequence)
	if p.Span != nil {
		i.Span = p.Span.UTC()
	}
	if p.Cancelled != nil {
		i.Cancelled = *p.Cancelled
	}
	if p.Description != nil {
		i.Description = *p.Description
	}
	if p.Title != nil {
		i.Title = *p.Title
	}
	mark := i.Mark.Clone()
	for k, v := range p.Mark {
		if mark == nil {
			mark = calendar.Mark{}
		}
		mark[k] = v
	}
	i.Mark = mark
	return i
}
