package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
	"bilateral/internal/store"
)

// found is the bilateral's own series as a pass found them. There is one, or after a split the one that ends and the one
// that goes on.
type found struct {
	series []calendar.Series // by Start, with the answers that came by mail
	read   []calendar.Series // as they stand in the calendar
	gone   bool              // it vanished, and was not asked for again
	twice  bool              // two of them go on at once: a sync brought an old one back
	// foreign was to be taken over, and is somebody else's meeting: see [Bilateral.Foreign].
	foreign *calendar.Series
}

// doubled reports whether a series goes on after the next one began.
func doubled(list []calendar.Series) bool {
	for k := 1; k < len(list); k++ {
		if until := list[k-1].Until; until.IsZero() || until.After(list[k].Start) {
			return true
		}
	}
	return false
}

// current is the series that goes on; nil if there is none.
func (f found) current() *calendar.Series {
	if len(f.series) == 0 {
		return nil
	}
	return &f.series[len(f.series)-1]
}

// find picks the bilateral's series out of its home calendar and tells a vanished one from one that never was.
func (v *view) find(b *Bilateral) (found, error) {
	home := v.sights[b.Home]
	if home.err != nil {
		return found{}, fmt.Errorf("read the calendar %s: %w", b.Home.Name, home.err)
	}
	known, err := v.Store.KnownSeries(b.Name)
	if err != nil {
		return found{}, err
	}
	var f found
	for _, s := range home.Series {
		never := !s.Until.IsZero() && s.Until.Before(s.Start) // split again before it began
		if b.owns(s, known) && !s.Cancelled && s.Rule != "" && !never {
			f.series = append(f.series, s)
		}
	}
	f.series = b.trusted(f.series, known)
	if len(f.series) == 0 {
		if err := v.adopt(&f, b, home.Series); err != nil {
			return found{}, err
		}
	}
	slices.SortFunc(f.series, func(a, c calendar.Series) int { return a.Start.Compare(c.Start) })
	f.twice, f.read = doubled(f.series), f.series
	switch {
	case len(f.series) == 0 && len(known) > 0 && len(home.Unreadable) > 0:
		return found{}, fmt.Errorf("the series of %s is not to be seen, and the calendar %s has entries that cannot be read (first %s)",
			b.Name, b.Home.Name, home.Unreadable[0].Where)
	case len(f.series) == 0 && len(known) > 0:
		f.gone = true
	}
	return f, nil
}

// owns reports whether the series is the bilateral's: by its mark or, where a program dropped that, by its UID.
func (b *Bilateral) owns(s calendar.Series, known []store.Known) bool {
	return s.Mark[keyID] == b.ID() || b.named(s.UID) ||
		s.Mark[keyID] == "" && slices.ContainsFunc(known, func(k store.Known) bool { return k.UID == s.UID })
}

// trusted leaves out what strangers sent. Everybody who was invited knows the bilateral's identity, and an invitation that
// claims it may come to stand in the owner's calendar unasked. Ours are those that the database knows and those that one
// of the two organizes. Where there is none of these, what claims to be ours is believed: servers write organizers in
// their own ways, and a lost database must not make a second series.
func (b *Bilateral) trusted(list []calendar.Series, known []store.Known) []calendar.Series {
	two := slices.Concat([]string{"", b.Owner.Email, b.Executive.Email}, b.Owner.Judge.Emails, b.Executive.Judge.Emails)
	var sure []calendar.Series
	for _, s := range list {
		if slices.ContainsFunc(known, func(k store.Known) bool { return k.UID == s.UID }) ||
			slices.ContainsFunc(two, func(email string) bool { return strings.EqualFold(email, s.Organizer) }) {
			sure = append(sure, s)
		}
	}
	if len(sure) == 0 {
		return list
	}
	return sure
}

// adopts is the UID of the series that is to be taken over: the owner's request goes before the configuration.
func (v *view) adopts(b *Bilateral) string {
	requests, err := v.Store.PendingRequests(b.Name)
	if err != nil {
		return ""
	}
	for _, r := range requests {
		if r.Kind == store.Adopt {
			return r.Args["uid"]
		}
	}
	return b.Adopt
}

// adopt finds the series that is to be taken over, if no bilateral guards it: from then on it is ours, and wishAdopt marks
// it. One that the server would not let us change is left alone.
func (v *view) adopt(f *found, b *Bilateral, list []calendar.Series) error {
	s := seriesNamed(list, v.adopts(b))
	if s == nil || v.guards(*s) || s.Cancelled || s.Rule == "" {
		return nil
	}
	if b.foreign(*s) {
		home, err := v.about(b.Home)
		if err != nil {
			return fmt.Errorf("ask what the calendar %s can do: %w", b.Home.Name, err)
		}
		if home.Invites {
			f.foreign = s
			return nil
		}
	}
	f.series = []calendar.Series{*s}
	return nil
}

func (f found) uids() []string {
	out := make([]string, len(f.series))
	for i, s := range f.series {
		out[i] = s.UID
	}
	return out
}

// standing reads the standing time off the series that goes on.
func (b *Bilateral) standing(f found) *plan.Standing {
	s := f.current()
	if s == nil {
		return nil
	}
	zone := b.Policy.Mine.Zone
	local := s.Start.In(zone)
	prefer := plan.Prefer{Weekday: local.Weekday(), Minute: local.Hour()*60 + local.Minute()}
	switch b.Policy.Cadence.Unit {
	case plan.Day:
		prefer.Weekday = 0
	case plan.Month:
		prefer.Nth = nth(s.Rule, local)
	}
	first := f.series[0].Start
	if n := b.Policy.Cadence.Every; n > 1 && weeksBetween(first.In(zone), local)%n != 0 {
		first = s.Start // other blocks than before: those of the series that goes on count
	}
	return &plan.Standing{
		First: calendar.DateOf(first, zone), Prefer: prefer, Duration: s.Duration, Until: s.Until,
		ByHand: s.Mark[keyStanding] != standingMark(prefer, s.Duration),
	}
}

// weeksBetween counts the Mondays between two dates.
func weeksBetween(a, b time.Time) int {
	monday := func(t time.Time) calendar.Date {
		return calendar.DateOf(t, t.Location()).Add(-((int(t.Weekday()) + 6) % 7))
	}
	return monday(b).Days(monday(a)) / 7
}

// nth is the ordinal of a monthly rule's weekday: from BYDAY=1WE or -1FR, else by the date of the first instance.
func nth(rule string, first time.Time) int {
	for part := range strings.SplitSeq(rule, ";") {
		if day, ok := strings.CutPrefix(part, "BYDAY="); ok && len(day) > 2 {
			if n, err := strconv.Atoi(day[:len(day)-2]); err == nil {
				return n
			}
		}
	}
	return (first.Day()-1)/7 + 1
}

// instances turns what stands in the calendar into what the planner asks about. Slots that begun are looked up in the
// outcomes that earlier passes recorded.
func (v *view) instances(b *Bilateral, f found, outcomes store.Outcomes) []plan.Instance {
	var out []plan.Instance
	standing := b.standing(f)
	for k := range f.series {
		s := &f.series[k]
		for j := range s.Instances {
			if i := &s.Instances[j]; !b.leftBehind(f, s, i, v.Now) {
				out = append(out, v.instance(b, s, i, outcomes, standing))
			}
		}
	}
	return out
}

// leftBehind reports whether the instance is an override of ours that a change of the whole series left where the series
// no longer meets, in a period in which it does meet elsewhere. It would be a second meeting.
func (b *Bilateral) leftBehind(f found, s *calendar.Series, i *calendar.Instance, now time.Time) bool {
	placed, moved := parseSpan(i.Mark[keyPlaced])
	byPerson := moved && !placed.Equal(i.Span) || !moved && !i.Start.Equal(i.Original)
	if !i.Override || i.Cancelled || !i.Standing.IsZero() || i.Mark == nil || i.Mark[keyPin] != "" || byPerson {
		return false
	}
	period := plan.KeyOf(b.Policy, b.standing(f), now, i.Original)
	return slices.ContainsFunc(s.Instances, func(o calendar.Instance) bool {
		return !o.Standing.IsZero() && !o.Cancelled && !o.Excluded && plan.KeyOf(b.Policy, b.standing(f), now, o.Original) == period
	})
}

func (v *view) instance(b *Bilateral, s *calendar.Series, i *calendar.Instance, outcomes store.Outcomes, standing *plan.Standing) plan.Instance {
	out := plan.Instance{
		Original: i.Original, Slot: i.Span.UTC(), Absent: absence(s, i), Pinned: pinned(i), Counter: i.Counter,
		LastMove: parseInstant(i.Mark[keyMovedAt]), Refused: parseSpans(i.Mark[keyRefused]),
		Replanned: slices.ContainsFunc(parseInstants(s.Mark[keyReplanned]), i.Original.Equal),
	}
	out.Moves, _ = strconv.Atoi(i.Mark[keyMoves])
	out.Answer = v.answer(b, s, i)
	if owner, ok := calendar.Attends(i.Attendees, b.Owner.Judge.Emails...); ok && i.Override {
		out.OwnerDeclined = owner.Status == calendar.Declined
	}
	out.OwnerDeclined = out.OwnerDeclined || i.Cancelled && i.Mark[keyState] == stateDeclined
	if !out.Slot.Start.After(v.Now) {
		out.Outcome = outcomeOf(outcomes, out, plan.KeyOf(b.Policy, standing, v.Now, i.Original))
	}
	return out
}

// outcomeOf is what was recorded of the slot. A meeting that took place, took place, also where its past was dragged along
// with the whole series since.
func outcomeOf(all store.Outcomes, i plan.Instance, period string) plan.Outcome {
	if was := all.Of(i.Slot.Start); was != plan.Unrecorded {
		return was
	}
	if slices.ContainsFunc(all, func(o store.Outcome) bool { return o.Period == period && o.Was == plan.WasHeld }) {
		return plan.WasHeld
	}
	return plan.Unrecorded
}

func absence(s *calendar.Series, i *calendar.Instance) plan.Absence {
	switch {
	case i.Excluded && slices.ContainsFunc(parseInstants(s.Mark[keyExcluded]), i.Original.Equal):
		return plan.Skipped
	case i.Excluded:
		return plan.Deleted
	case !i.Cancelled:
		return plan.Stands
	case i.Mark[keyState] == stateWaived:
		return plan.Waived
	case i.Mark[keyState] == stateSkipped, i.Mark[keyState] == stateDeclined:
		return plan.Skipped
	}
	return plan.Deleted
}

// pinned reports whether a person put the instance where it stands: by our hand, or because it is not where we put it.
func pinned(i *calendar.Instance) bool {
	if i.Mark[keyPin] != "" {
		return true
	}
	if !i.Override || i.Cancelled || i.Excluded {
		return false
	}
	placed, known := parseSpan(i.Mark[keyPlaced])
	if !known {
		placed = i.Standing
	}
	return !placed.Equal(i.Span)
}

// answer is the executive's answer to one instance, from the owner's copy or from their own. Only an override's refusal is
// about that instance alone: that of the whole series is declinedWhole's.
func (v *view) answer(b *Bilateral, s *calendar.Series, i *calendar.Instance) plan.Answer {
	said := b.answerIn(i)
	if said == plan.No || said == plan.NoWithNote {
		return said
	}
	for _, theirs := range v.copies(b, s) {
		// An answer counts for the time it was given to.
		if j := theirs.At(i.Original); j != nil && j.Span.Equal(i.Span) {
			// A yes in the owner's copy may have been to the series: it does not outweigh a no to this one.
			if theirs := b.answerIn(j); theirs == plan.No || theirs == plan.NoWithNote || said == plan.NoAnswer {
				said = theirs
			}
		}
	}
	return said
}

func (b *Bilateral) answerIn(i *calendar.Instance) plan.Answer {
	a, ok := calendar.Attends(i.Attendees, b.Executive.Judge.Emails...)
	if said := answerOf(a); ok && (i.Override || said == plan.Yes) {
		return said
	}
	return plan.NoAnswer
}

// copies are the series as they stand in the executive's own calendars.
func (v *view) copies(b *Bilateral, s *calendar.Series) []*calendar.Series {
	var out []*calendar.Series
	for _, c := range b.Executive.Calendars {
		if c == b.Home {
			continue
		}
		for k := range v.sights[c].Series {
			if theirs := &v.sights[c].Series[k]; theirs.UID == s.UID {
				out = append(out, theirs)
			}
		}
	}
	return out
}

func answerOf(a calendar.Attendee) plan.Answer {
	switch a.Status {
	case calendar.Accepted:
		return plan.Yes
	case calendar.Declined:
		if a.Comment != "" && !a.Robot {
			return plan.NoWithNote
		}
		return plan.No
	}
	return plan.NoAnswer
}

// declinedWhole reports whether the executive said no to the series, in the owner's copy or their own. Where a later
// instance was accepted, the server only marked the series for the decline of one.
func (v *view) declinedWhole(b *Bilateral, f found) bool {
	s := f.current()
	if s == nil {
		return false
	}
	for _, x := range append(v.copies(b, s), s) {
		if a, ok := calendar.Attends(x.Attendees, b.Executive.Judge.Emails...); ok && a.Status == calendar.Declined && !b.acceptedLater(x, v.Now) {
			return true
		}
	}
	return false
}

func (b *Bilateral) acceptedLater(s *calendar.Series, now time.Time) bool {
	return slices.ContainsFunc(s.Instances, func(i calendar.Instance) bool {
		return i.Override && i.Start.After(now) && b.answerIn(&i) == plan.Yes
	})
}
