package store

import (
	"database/sql"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

// Outcome is what became of a slot that has begun. A period has one for each slot that began in it: after one that was
// not held, a later one may be.
type Outcome struct {
	Period    string
	Slot      calendar.Span
	Was       plan.Outcome // WasHeld or WasNot
	At        time.Time    // when it was recorded
	Confirmed time.Time    // when the owner ticked or wrapped up that period's meeting; zero: not, or the slot was not held
}

// Outcomes of one bilateral, by the start of their slots.
type Outcomes []Outcome

// Of returns the outcome of the slot that starts at that moment: Unrecorded if there is none.
func (o Outcomes) Of(start time.Time) plan.Outcome {
	for _, x := range o {
		if x.Slot.Start.Equal(start) {
			return x.Was
		}
	}
	return plan.Unrecorded
}

// Outcomes returns what became of a bilateral's slots that started at or after since.
func (s *Store) Outcomes(bilateral string, since time.Time) (Outcomes, error) {
	out, err := all(s.db, scanOutcome, `SELECT period, start, end, held, o.at, CASE held WHEN 1 THEN coalesce(c.at, '') ELSE '' END
		FROM outcomes o LEFT JOIN confirmed c USING (bilateral, period)
		WHERE bilateral = ? AND start >= ? ORDER BY start, period`, bilateral, instant(since))
	return out, s.said("read the outcomes", err)
}

func scanOutcome(r row) (o Outcome, err error) {
	var held bool
	err = r.Scan(&o.Period, (*instant)(&o.Slot.Start), (*instant)(&o.Slot.End), &held, (*instant)(&o.At), (*instant)(&o.Confirmed))
	o.Was = plan.WasNot
	if held {
		o.Was = plan.WasHeld
	}
	return o, err
}

// SetOutcome records what became of a slot. The earliest record of a slot stays: one of a later moment that was made before
// is of a clock that was ahead. o.Confirmed is not looked at.
func (s *Store) SetOutcome(bilateral string, o Outcome) error {
	return s.change("record an outcome", func(tx *sql.Tx) error { return setOutcome(tx, bilateral, o) })
}

func setOutcome(tx *sql.Tx, bilateral string, o Outcome) error {
	_, err := tx.Exec(`INSERT INTO outcomes (bilateral, period, start, end, held, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET end = excluded.end, held = excluded.held, at = excluded.at WHERE excluded.at < at`,
		bilateral, o.Period, instant(o.Slot.Start), instant(o.Slot.End), o.Was == plan.WasHeld, instant(o.At))
	return err
}

// Confirm records that the owner ticked or wrapped up the meeting of a period. The first time stays.
func (s *Store) Confirm(bilateral, period string, at time.Time) error {
	return s.change("confirm a meeting", func(tx *sql.Tx) error { return confirm(tx, bilateral, period, at) })
}

func confirm(tx *sql.Tx, bilateral, period string, at time.Time) error {
	_, err := tx.Exec("INSERT OR IGNORE INTO confirmed (bilateral, period, at) VALUES (?, ?, ?)", bilateral, period, instant(at))
	return err
}
