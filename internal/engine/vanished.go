package engine

import (
	"fmt"
	"slices"

	"bilateral/internal/store"
)

// checkVanished keeps which series of the group are not to be seen any more. Whoever says start has looked: what vanished so
// far stops nothing from then on.
func (v *view) checkVanished() error {
	if v.Dry {
		return nil
	}
	for _, b := range v.members {
		f, err := v.find(b)
		if err != nil || !f.gone {
			continue
		}
		known, err := v.Store.KnownSeries(b.Name)
		if err != nil {
			return err
		}
		for _, k := range known {
			if k.Gone {
				continue
			}
			if err := v.Store.MarkGone(b.Name, k.UID, v.Now); err != nil {
				return err
			}
		}
	}
	if v.restarted {
		return v.Store.Excuse()
	}
	return nil
}

// vanishedTogether says that the series of two or more bilaterals vanished within one interval, wherever they live: that is
// something gone wrong, not people's wish, and nothing is written. "" if it is not so. Each group of bilaterals looks at its
// own calendars at a moment of its own, so it is asked before each write.
func (v *view) vanishedTogether() (string, error) {
	gone, err := v.Store.Vanished()
	if err != nil {
		return "", err
	}
	gone = slices.DeleteFunc(gone, func(x store.Vanished) bool { return v.named(x.Bilateral) == nil })
	var names []string
	for k, x := range gone {
		for _, y := range gone[k+1:] { // by time
			if y.Bilateral != x.Bilateral && y.Since.Sub(x.Since) <= v.Interval {
				names = append(names, x.Bilateral, y.Bilateral)
			}
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) == 0 {
		return "", nil
	}
	if n := len(names); n > 2 {
		return fmt.Sprintf("%d series vanished together (%s, %s and others)", n, names[0], names[1]), nil
	}
	return fmt.Sprintf("2 series vanished together (%s and %s)", names[0], names[1]), nil
}
