package store

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

// What was decided, done and held, as an export has it: what `why` and a report tell.

type decision struct {
	Bilateral string    `json:"bilateral"`
	At        time.Time `json:"at"`
	Verdict   Verdict   `json:"verdict"`
}

func scanDecision(r row) (d decision, err error) {
	err = r.Scan(&d.Bilateral, (*instant)(&d.At), asBody(&d.Verdict))
	return d, err
}

type outcome struct {
	Bilateral string    `json:"bilateral"`
	Period    string    `json:"period"`
	Start     time.Time `json:"start"`
	End       time.Time `json:"end"`
	Held      bool      `json:"held"`
	At        time.Time `json:"at"`
}

func scanHeld(r row) (o outcome, err error) {
	err = r.Scan(&o.Bilateral, &o.Period, (*instant)(&o.Start), (*instant)(&o.End), &o.Held, (*instant)(&o.At))
	return o, err
}

// confirmation is that the owner ticked or wrapped up the meeting of a period.
type confirmation struct {
	Bilateral string    `json:"bilateral"`
	Period    string    `json:"period"`
	At        time.Time `json:"at"`
}

func scanConfirmation(r row) (c confirmation, err error) {
	err = r.Scan(&c.Bilateral, &c.Period, (*instant)(&c.At))
	return c, err
}

// exportHistory writes the history of the periods, each kind in the order of time.
func exportHistory(tx *sql.Tx, enc *json.Encoder) error {
	return errors.Join(
		each(tx, scanDecision, "SELECT bilateral, at, body FROM history ORDER BY bilateral, at, n",
			func(d decision) error { return enc.Encode(line{Decision: &d}) }),
		each(tx, scanAction, selectActions+" ORDER BY bilateral, at, id", func(a Action) error { return enc.Encode(line{Action: &a}) }),
		each(tx, scanHeld, "SELECT bilateral, period, start, end, held, at FROM outcomes ORDER BY bilateral, start, period",
			func(o outcome) error { return enc.Encode(line{Outcome: &o}) }),
		each(tx, scanConfirmation, "SELECT bilateral, period, at FROM confirmed ORDER BY bilateral, period",
			func(c confirmation) error { return enc.Encode(line{Confirmed: &c}) }))
}

// takeDecision adds a decision that is not here.
func takeDecision(tx *sql.Tx, d decision) error {
	if err := checkDated(d.Bilateral, d.Verdict.Period, d.At, d.Verdict.Span.Start); err != nil {
		return err
	}
	have, err := all(tx, scanDecision, "SELECT bilateral, at, body FROM history WHERE bilateral = ? AND period = ? AND at = ?",
		d.Bilateral, d.Verdict.Period, instant(d.At))
	if err != nil || among(have, d) {
		return err
	}
	_, err = tx.Exec("INSERT INTO history (bilateral, period, starts, at, body) VALUES (?, ?, ?, ?, ?)",
		d.Bilateral, d.Verdict.Period, instant(d.Verdict.Span.Start), instant(d.At), asBody(&d.Verdict))
	return err
}

// among reports whether one of the list reads the same in an export.
func among[T any](list []T, x T) bool {
	want, err := json.Marshal(x)
	return err == nil && slices.ContainsFunc(list, func(y T) bool {
		have, err := json.Marshal(y)
		return err == nil && bytes.Equal(have, want)
	})
}

// takeAction adds an action that is not here.
func takeAction(tx *sql.Tx, a Action) error {
	if a.Bilateral == "" || a.Action == "" {
		return errors.New("an action of no bilateral, or without its name")
	}
	if err := checkInstant(a.At); err != nil {
		return err
	}
	have, err := all(tx, scanAction, selectActions+" WHERE bilateral = ? AND at = ?", a.Bilateral, instant(a.At))
	if err != nil || among(have, a) {
		return err
	}
	return logAction(tx, a)
}

// takeOutcome adds what became of a slot, unless that is known here.
func takeOutcome(tx *sql.Tx, o outcome) error {
	if err := checkDated(o.Bilateral, o.Period, o.At, o.Start, o.End); err != nil {
		return err
	}
	was := plan.WasNot
	if o.Held {
		was = plan.WasHeld
	}
	return setOutcome(tx, o.Bilateral, Outcome{Period: o.Period, Slot: calendar.Span{Start: o.Start, End: o.End}, Was: was, At: o.At})
}

func takeConfirmation(tx *sql.Tx, c confirmation) error {
	if err := checkDated(c.Bilateral, c.Period, c.At); err != nil {
		return err
	}
	return confirm(tx, c.Bilateral, c.Period, c.At)
}

func checkDated(bilateral, period string, at ...time.Time) error {
	if bilateral == "" || period == "" {
		return errors.New("it names no bilateral or no period")
	}
	for _, t := range at {
		if err := checkInstant(t); err != nil {
			return err
		}
	}
	return nil
}
