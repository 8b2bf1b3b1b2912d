package engine

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

// Keys of our mark. They hold what must survive the loss of the database: whose series it is, what we wrote last (so that
// a person's edit is known as one), refused times and the budget of moves.
const (
	keyID        = "id"        // of the bilateral; on the master
	keySettings  = "settings"  // cadence, prefer and duration as configured when we wrote the series
	keyStanding  = "standing"  // the standing time as we wrote it; another one is a person's
	keyExcluded  = "adopted"   // EXDATEs found at adoption: those are skips
	keyReplanned = "replanned" // originals of deleted instances that were planned again once
	keySuccessor = "successor" // UID of the series that goes on after a split
	keyPaused    = "paused"    // the owner's pause
	keyTravel    = "travel"    // the executive's travel
	keyTold      = "told"      // what the executive was last told by mail: see told.go
	keyFloor     = "floor"     // the last periods whose agenda went out in writing
	keySkips     = "skips"     // skipped periods that are not guarded yet: a line each, key and reason

	keyPlaced  = "placed"   // on an instance: the span we put it at
	keyPin     = "pin"      // "1": the owner or a counter-proposal put it there through us
	keyMoves   = "moves"    // automatic changes of time so far
	keyMovedAt = "moved-at" // when the last one was made
	keyRefused = "refused"  // declined spans
	keyState   = "state"    // waived, skipped or declined, on a cancelled instance
	keyReason  = "reason"   // of a skip
	keyAgenda  = "agenda"   // fingerprint of the block we published last
)

const (
	stateWaived  = "waived"
	stateSkipped = "skipped"
	// The owner's own no, on an instance of a series that took over: the answer itself went with the series before.
	stateDeclined = "declined"
)

const compact = "20060102T150405Z"

// spanMark writes a span as 20261202T143000Z/45: start and minutes.
func spanMark(s calendar.Span) string {
	return s.Start.UTC().Format(compact) + "/" + strconv.Itoa(int(s.Length().Minutes()))
}

func parseSpan(text string) (calendar.Span, bool) {
	at, length, ok := strings.Cut(text, "/")
	start, err := time.Parse(compact, at)
	minutes, err2 := strconv.Atoi(length)
	if !ok || err != nil || err2 != nil || minutes <= 0 {
		return calendar.Span{}, false
	}
	return calendar.Span{Start: start, End: start.Add(time.Duration(minutes) * time.Minute)}, true
}

// parseSpans reads a list of spans; what cannot be read is left out.
func parseSpans(text string) []calendar.Span {
	var out []calendar.Span
	for _, t := range strings.Split(text, "+") {
		if s, ok := parseSpan(t); ok {
			out = append(out, s)
		}
	}
	return out
}

func spansMark(list []calendar.Span) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = spanMark(s)
	}
	return strings.Join(out, "+")
}

func parseInstant(text string) time.Time {
	t, err := time.Parse(compact, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

func instantMark(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(compact)
}

func instantsMark(list []time.Time) string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = instantMark(t)
	}
	return strings.Join(out, "+")
}

func parseInstants(text string) []time.Time {
	var out []time.Time
	for _, t := range strings.Split(text, "+") {
		if at := parseInstant(t); !at.IsZero() {
			out = append(out, at)
		}
	}
	return out
}

// standingMark names a standing time: weekday.nth.minute.minutes long.
func standingMark(p plan.Prefer, length time.Duration) string {
	return fmt.Sprintf("%d.%d.%d.%d", p.Weekday, p.Nth, p.Minute, int(length.Minutes()))
}

// travelMark writes travel as Asia/Tokyo:2026-12-01:2026-12-05.
func travelMark(list []plan.Travel) string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.Zone.String() + ":" + t.First.String() + ":" + t.Last.String()
	}
	return strings.Join(out, " ")
}

func parseTravel(text string) []plan.Travel {
	var out []plan.Travel
	for _, t := range strings.Fields(text) {
		parts := strings.Split(t, ":")
		if len(parts) != 3 {
			continue
		}
		zone, err := time.LoadLocation(parts[0])
		first, err1 := time.Parse(time.DateOnly, parts[1])
		last, err2 := time.Parse(time.DateOnly, parts[2])
		if err == nil && err1 == nil && err2 == nil {
			out = append(out, plan.Travel{First: calendar.DateOf(first, time.UTC), Last: calendar.DateOf(last, time.UTC), Zone: zone})
		}
	}
	return out
}

// skipsMark writes skips as lines of key and reason.
func skipsMark(skips map[string]string) string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(skips)) {
		lines = append(lines, key+" "+strings.ReplaceAll(skips[key], "\n", " "))
	}
	return strings.Join(lines, "\n")
}

func parseSkips(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		if key, reason, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok {
			out[key] = reason
		}
	}
	return out
}
