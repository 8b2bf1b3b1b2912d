package store

import (
	"database/sql"
	"time"
)

// fresh is how old a "last seen" may grow before it is written again: a pass that finds nothing new need not write.
const fresh = 15 * time.Minute

// Known is a series of a bilateral that was seen in a calendar. That it is known tells a vanished series from one that
// never was.
type Known struct {
	UID       string
	Calendar  string // its name in the configuration
	FirstSeen time.Time
	LastSeen  time.Time // up to 15 minutes behind the last pass that saw it
	Gone      bool
}

// Vanished is a series that is not in its calendar any more, and since when: together with others that is suspicious.
type Vanished struct {
	Bilateral string
	Since     time.Time
}

// KnownSeries returns the series of a bilateral by the time they were first seen.
func (s *Store) KnownSeries(bilateral string) ([]Known, error) {
	out, err := all(s.db, scanKnown, selectSeries+" WHERE bilateral = ? ORDER BY first_seen, uid", bilateral)
	return out, s.said("read the known series", err)
}

const selectSeries = "SELECT uid, calendar, first_seen, last_seen, gone FROM series"

func scanKnown(r row) (k Known, err error) {
	err = r.Scan(&k.UID, &k.Calendar, (*instant)(&k.FirstSeen), (*instant)(&k.LastSeen), &k.Gone)
	return k, err
}

// Remember records that a series was seen in a calendar; one that was gone is back. It writes when the series is new,
// back or in another calendar, or was last recorded 15 minutes ago or more.
func (s *Store) Remember(bilateral, uid, calendar string, at time.Time) error {
	const doing = "remember a series"
	k, known, err := first(s.db, scanKnown, selectSeries+" WHERE bilateral = ? AND uid = ?", bilateral, uid)
	if err != nil || known && !k.Gone && k.Calendar == calendar && at.Sub(k.LastSeen) < fresh {
		return s.said(doing, err)
	}
	return s.change(doing, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO series (bilateral, uid, calendar, first_seen, last_seen) VALUES (?1, ?2, ?3, ?4, ?4)
			ON CONFLICT DO UPDATE SET calendar = excluded.calendar, last_seen = excluded.last_seen, gone = 0, vanished = ''`,
			bilateral, uid, calendar, instant(at))
		return err
	})
}

// MarkGone records that a known series is not in its calendar any more, and since when; zero: that is not known.
func (s *Store) MarkGone(bilateral, uid string, since time.Time) error {
	return s.change("mark a series as gone", func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE series SET gone = 1, vanished = ? WHERE bilateral = ? AND uid = ? AND gone = 0", instant(since), bilateral, uid)
		return err
	})
}

// Vanished returns every series that is gone, and since when, but for those that [Store.Excuse] took off the list.
func (s *Store) Vanished() ([]Vanished, error) {
	scan := func(r row) (v Vanished, err error) {
		err = r.Scan(&v.Bilateral, (*instant)(&v.Since))
		return v, err
	}
	out, err := all(s.db, scan, "SELECT bilateral, vanished FROM series WHERE gone = 1 AND vanished <> '' ORDER BY vanished, bilateral")
	return out, s.said("read which series vanished", err)
}

// Excuse takes all that vanished so far off the list: a person has seen it. They stay gone.
func (s *Store) Excuse() error {
	list, err := s.Vanished()
	if err != nil || len(list) == 0 {
		return err
	}
	return s.change("excuse the series that vanished", func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE series SET vanished = '' WHERE gone = 1")
		return err
	})
}

// Forget removes a series from what is known: it was given up on purpose.
func (s *Store) Forget(bilateral, uid string) error {
	return s.change("forget a series", func(tx *sql.Tx) error {
		_, err := tx.Exec("DELETE FROM series WHERE bilateral = ? AND uid = ?", bilateral, uid)
		return err
	})
}

// Seen returns since when each of a bilateral's troubles (plan.Decision.Trouble) has been standing; never nil.
func (s *Store) Seen(bilateral string) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	_, err := all(s.db, func(r row) (int, error) {
		var trouble string
		var at instant
		err := r.Scan(&trouble, &at)
		out[trouble] = time.Time(at)
		return 0, err
	}, "SELECT trouble, first FROM seen WHERE bilateral = ?", bilateral)
	return out, s.said("read the troubles seen", err)
}

// SetSeen makes the troubles of a bilateral exactly these. It writes only the differences.
func (s *Store) SetSeen(bilateral string, troubles map[string]time.Time) error {
	have, err := s.Seen(bilateral)
	if err != nil {
		return err
	}
	var gone, changed []string
	for trouble := range have {
		if _, still := troubles[trouble]; !still {
			gone = append(gone, trouble)
		}
	}
	for trouble, at := range troubles {
		if was, known := have[trouble]; !known || !was.Equal(whole(at)) {
			changed = append(changed, trouble)
		}
	}
	if len(gone)+len(changed) == 0 {
		return nil
	}
	return s.change("record the troubles seen", func(tx *sql.Tx) error {
		for _, trouble := range gone {
			if _, err := tx.Exec("DELETE FROM seen WHERE bilateral = ? AND trouble = ?", bilateral, trouble); err != nil {
				return err
			}
		}
		for _, trouble := range changed {
			if _, err := tx.Exec("INSERT OR REPLACE INTO seen (bilateral, trouble, first) VALUES (?, ?, ?)",
				bilateral, trouble, instant(troubles[trouble])); err != nil {
				return err
			}
		}
		return nil
	})
}
