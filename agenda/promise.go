package agenda

import "time"

// SayDo counts promises: due are those whose first date has passed at now, and kept those of them that were done by
// that date. A promise that was dropped in time is neither. Dates are read in now's zone: give it in the owner's.
func SayDo(items []Item, now time.Time) (kept, due int) {
	today := civil(now, now.Location())
	for _, item := range items {
		first := item.FirstDue
		if first.IsZero() {
			first = item.Due
		}
		if item.Kind != Direction || first.IsZero() || !first.Before(today) {
			continue
		}
		inTime := !item.Closed.IsZero() && !civil(item.Closed, now.Location()).After(first)
		if item.Status == Dropped && inTime {
			continue
		}
		due++
		if item.Status == Done && inTime {
			kept++
		}
	}
	return kept, due
}

// AtRisk gives the open items that are flagged at risk and fall due before the day of the next held slot, so that they
// can still be raised now. Without a next slot (zero) that is every dated one. Give nextHeld in the owner's zone.
func AtRisk(items []Item, nextHeld time.Time) []Item {
	return open(items, func(item Item) bool { return atRisk(item, nextHeld) })
}

func atRisk(item Item, next time.Time) bool {
	return item.AtRisk && !item.Due.IsZero() && (next.IsZero() || item.Due.Before(civil(next, next.Location())))
}

// Overdue gives the open items whose date has passed at now. Give now in the owner's zone.
func Overdue(items []Item, now time.Time) []Item {
	today := civil(now, now.Location())
	return open(items, func(item Item) bool { return !item.Due.IsZero() && item.Due.Before(today) })
}

func open(items []Item, keep func(Item) bool) []Item {
	var out []Item
	for _, item := range items {
		if item.Status != Done && item.Status != Dropped && keep(item) {
			out = append(out, item)
		}
	}
	return out
}
