package main

import (
	"fmt"
	"time"
)

// redraw is how often a line on the terminal is drawn anew at most.
const redraw = 200 * time.Millisecond

// meter draws on a terminal how far the reading of a calendar is, once that takes long; nil where nobody looks.
func (a *app) meter(calendar string) func(done, total int) {
	if !a.watched || !isTerminal(a.problems) {
		return nil
	}
	var began, drawn time.Time
	return func(done, total int) {
		now := time.Now()
		switch {
		case done == total && !drawn.IsZero():
			steer(a.problems, "\r\x1b[K")
			fallthrough
		case done == total:
			began, drawn = time.Time{}, time.Time{}
		case began.IsZero():
			began = now
		case now.Sub(began) >= patience && now.Sub(drawn) >= redraw:
			drawn = now
			steer(a.problems, "\r\x1b[K")
			fmt.Fprintf(a.problems, "%s: %s entries read", plain(calendar), howMany(done, total))
		}
	}
}

func howMany(done, total int) string {
	if total == 0 {
		return fmt.Sprint(done)
	}
	return fmt.Sprintf("%d of %d", done, total)
}
