package calendar

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Strength is how firmly a stretch of time is taken.
type Strength uint8

// Strengths, weakest first. Away is hard too, and counts for waivers.
const (
	Free Strength = iota
	Soft
	Hard
	Away
)

func (s Strength) String() string { return [...]string{"free", "soft", "hard", "away"}[s] }

// Busy is an event judged: a stretch of one person's time and how firmly it is taken.
type Busy struct {
	Span
	Strength     Strength
	UID          string
	RecurrenceID time.Time
	Anonymous    bool   // known from free/busy only
	Source       string // name of the calendar it was read from
	Title        string // in memory only
}

// Person is how one person's calendar entries are judged.
type Person struct {
	Emails     []string // lower case; whose PARTSTAT counts
	Yields     []string // titles and categories that give way
	LeaveWords []string // words that make an all-day event an absence
	Self       bool     // whom the program works for: their evenings are no absence, which would pause it
}

// Judge says how firmly the event takes the person's time: docs/guarantee.md, "Busy time"; the first row that
// matches wins. This bilateral's own series is not known here: the planner subtracts it.
func (p Person) Judge(e Event) Strength {
	answer, invited := Attends(e.Attendees, p.Emails...)
	switch {
	case e.Kind == Holiday: // of the configured list alone, and such lists often say transparent
		return Away
	case e.Transparent, e.Cancelled, invited && answer.Status == Declined:
		return Free
	case e.Kind == WorkingLocation, e.Kind == Birthday:
		return Free
	case e.Kind == Focus, matchesAny(e, p.Yields):
		return Soft
	case e.Tentative, invited && (answer.Status == NeedsAction || answer.Status == "" || answer.Status == Maybe):
		return Soft
	case e.Kind == OffHours && p.Self:
		return Hard
	case e.Kind == OffHours, e.Kind == OutOfOffice, e.AllDay && matchesAny(e, p.LeaveWords):
		return Away
	}
	return Hard
}

func matchesAny(e Event, words []string) bool {
	for _, w := range words {
		if hasWords(e.Title, w) {
			return true
		}
		for _, c := range e.Categories {
			if hasWords(c, w) {
				return true
			}
		}
	}
	return false
}

// hasWords reports whether the words of want stand in text one after another, whole and in any case.
func hasWords(text, want string) bool {
	t, w := words(text), words(want)
	if len(w) == 0 {
		return false
	}
	for i := 0; i+len(w) <= len(t); i++ {
		if slices.Equal(t[i:i+len(w)], w) {
			return true
		}
	}
	return false
}

func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
