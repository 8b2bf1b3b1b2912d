package store

import (
	"database/sql"
	"encoding/json"
	"time"

	"bilateral/calendar"
)

// Action is something that was done, or in watch mode would have been done, to a bilateral's calendar: what `why` and
// `report` tell.
type Action struct {
	Bilateral string          `json:"bilateral"`
	Period    string          `json:"period,omitzero"`
	Action    string          `json:"action"`        // create_series, move, waive, restore, agenda, split_series, adopt, …
	From      calendar.Span   `json:"from,omitzero"` // of the slot; zero where there is none
	To        calendar.Span   `json:"to,omitzero"`
	Mails     []string        `json:"mails,omitempty"` // who got a mail of it
	Code      string          `json:"code,omitzero"`   // the rule that asked for it
	Sentence  string          `json:"sentence,omitzero"`
	Evidence  json.RawMessage `json:"evidence,omitempty"` // what the rule saw; no titles. nil: nothing
	At        time.Time       `json:"at"`
}

// LogAction records an action.
func (s *Store) LogAction(a Action) error {
	return s.change("log an action", func(tx *sql.Tx) error { return logAction(tx, a) })
}

func logAction(tx *sql.Tx, a Action) error {
	_, err := tx.Exec(`INSERT INTO actions (bilateral, period, action, from_start, from_end, to_start, to_end, mails, code, sentence, evidence, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, a.Bilateral, a.Period, a.Action, instant(a.From.Start), instant(a.From.End),
		instant(a.To.Start), instant(a.To.End), asBody(&a.Mails), a.Code, a.Sentence, string(a.Evidence), instant(a.At))
	return err
}

const selectActions = `SELECT bilateral, period, action, from_start, from_end, to_start, to_end, mails, code, sentence, evidence, at FROM actions`

func scanAction(r row) (a Action, err error) {
	var evidence string
	err = r.Scan(&a.Bilateral, &a.Period, &a.Action, (*instant)(&a.From.Start), (*instant)(&a.From.End),
		(*instant)(&a.To.Start), (*instant)(&a.To.End), asBody(&a.Mails), &a.Code, &a.Sentence, &evidence, (*instant)(&a.At))
	if evidence != "" {
		a.Evidence = json.RawMessage(evidence)
	}
	return a, err
}

// Actions returns what was done for one period, oldest first.
func (s *Store) Actions(bilateral, period string) ([]Action, error) {
	out, err := all(s.db, scanAction, selectActions+" WHERE bilateral = ? AND period = ? ORDER BY at, id", bilateral, period)
	return out, s.said("read the actions", err)
}

// ActionsSince returns what was done from since on, oldest first.
func (s *Store) ActionsSince(bilateral string, since time.Time) ([]Action, error) {
	out, err := all(s.db, scanAction, selectActions+" WHERE bilateral = ? AND at >= ? ORDER BY at, id", bilateral, instant(since))
	return out, s.said("read the actions", err)
}
