package store

import (
	"database/sql"
	"encoding/json"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

// Verdict is what a pass decided for one period: the part of a plan.Decision that status, why and report tell. It holds
// no titles of other people's events.
type Verdict struct {
	Period     string        `json:"period"` // its key
	Span       calendar.Span `json:"span"`   // of the period
	State      plan.State    `json:"state"`
	Code       string        `json:"code"`
	Sentence   string        `json:"sentence"`
	Basis      plan.Basis    `json:"basis"`
	Original   time.Time     `json:"original,omitzero"`
	From       calendar.Span `json:"from,omitzero"`
	Slot       calendar.Span `json:"slot,omitzero"`
	Action     plan.Action   `json:"action,omitzero"`
	Until      time.Time     `json:"until,omitzero"`
	Rung       plan.Rung     `json:"rung,omitzero"`
	Pinned     bool          `json:"pinned,omitzero"`
	Moved      bool          `json:"moved,omitzero"`
	Final      bool          `json:"final,omitzero"`
	Unverified bool          `json:"unverified,omitzero"`
	Trouble    string        `json:"trouble,omitzero"`

	Blockers   []plan.Blocker  `json:"blockers,omitempty"`
	NearMisses []plan.NearMiss `json:"near_misses,omitempty"`
	Offers     []calendar.Span `json:"offers,omitempty"`
	Message    string          `json:"message,omitzero"`
	Notes      []string        `json:"notes,omitempty"`
	Looked     []plan.Look     `json:"looked,omitempty"`
}

// VerdictOf keeps of a decision what is to be told.
func VerdictOf(d plan.Decision) Verdict {
	return Verdict{
		Period: d.Period.Key, Span: d.Period.Span, State: d.State, Code: d.Code, Sentence: d.Sentence, Basis: d.Basis,
		Original: d.Original, From: d.From, Slot: d.Slot, Action: d.Action, Until: d.Until, Rung: d.Rung,
		Pinned: d.Pinned, Moved: d.Moved, Final: d.Final, Unverified: d.Unverified, Trouble: d.Trouble,
		Blockers: d.Blockers, NearMisses: d.NearMisses, Offers: d.Offers, Message: d.Message, Notes: d.Notes, Looked: d.Looked,
	}
}

// Dated is a verdict with the moment of the pass that reached it.
type Dated struct {
	At time.Time
	Verdict
}

// SaveVerdicts makes these the current verdicts of a bilateral. History gets a row for a period only where its state,
// code, sentence or slot is another than before. A current verdict is rewritten where anything but Looked differs: the
// search starts later at every pass, and alone is no news.
func (s *Store) SaveVerdicts(bilateral string, verdicts []Verdict, at time.Time) error {
	const doing = "record the verdicts"
	have, err := currentVerdicts(s.db, bilateral)
	if err != nil {
		return s.said(doing, err)
	}
	gone := map[string]bool{}
	for period := range have {
		gone[period] = true
	}
	var changed []Verdict
	for _, v := range verdicts {
		delete(gone, v.Period)
		if was, known := have[v.Period]; !known || !sameBarLooked(was.Verdict, v) {
			changed = append(changed, v)
		}
	}
	if len(changed)+len(gone) == 0 {
		return nil
	}
	return s.change(doing, func(tx *sql.Tx) error {
		for period := range gone {
			if _, err := tx.Exec("DELETE FROM verdicts WHERE bilateral = ? AND period = ?", bilateral, period); err != nil {
				return err
			}
		}
		return saveChanged(tx, bilateral, changed, at)
	})
}

func saveChanged(tx *sql.Tx, bilateral string, changed []Verdict, at time.Time) error {
	for _, v := range changed {
		if _, err := tx.Exec("INSERT OR REPLACE INTO verdicts (bilateral, period, starts, at, body) VALUES (?, ?, ?, ?, ?)",
			bilateral, v.Period, instant(v.Span.Start), instant(at), asBody(&v)); err != nil {
			return err
		}
		// Against history, not the current row: a period may have left the horizon and come back.
		last, known, err := first(tx, scanDated, "SELECT at, body FROM history WHERE bilateral = ? AND period = ? ORDER BY at DESC, n DESC LIMIT 1",
			bilateral, v.Period)
		if err != nil {
			return err
		}
		if known && !news(last.Verdict, v) {
			continue
		}
		if _, err := tx.Exec("INSERT INTO history (bilateral, period, starts, at, body) VALUES (?, ?, ?, ?, ?)",
			bilateral, v.Period, instant(v.Span.Start), instant(at), asBody(&v)); err != nil {
			return err
		}
	}
	return nil
}

// news reports whether the second verdict tells people something else than the first.
func news(a, b Verdict) bool {
	return a.State != b.State || a.Code != b.Code || a.Sentence != b.Sentence ||
		!a.Slot.Start.Equal(b.Slot.Start) || !a.Slot.End.Equal(b.Slot.End)
}

func sameBarLooked(a, b Verdict) bool {
	a.Looked, b.Looked = nil, nil
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// Verdicts returns the verdicts that were saved last, in time order of their periods, each with the moment since when it
// has been as it is.
func (s *Store) Verdicts(bilateral string) ([]Dated, error) {
	out, err := all(s.db, scanDated, "SELECT at, body FROM verdicts WHERE bilateral = ? ORDER BY starts, period", bilateral)
	return out, s.said("read the verdicts", err)
}

func currentVerdicts(q querier, bilateral string) (map[string]Dated, error) {
	have, err := all(q, scanDated, "SELECT at, body FROM verdicts WHERE bilateral = ?", bilateral)
	out := map[string]Dated{}
	for _, d := range have {
		out[d.Period] = d
	}
	return out, err
}

func scanDated(r row) (d Dated, err error) {
	err = r.Scan((*instant)(&d.At), asBody(&d.Verdict))
	return d, err
}

// History returns what was decided for one period, oldest first.
func (s *Store) History(bilateral, period string) ([]Dated, error) {
	out, err := all(s.db, scanDated, "SELECT at, body FROM history WHERE bilateral = ? AND period = ? ORDER BY at, n", bilateral, period)
	return out, s.said("read the history", err)
}

// HistoryOf returns what was decided for the periods that begin in the span, by period and then oldest first.
func (s *Store) HistoryOf(bilateral string, begins calendar.Span) ([]Dated, error) {
	out, err := all(s.db, scanDated, "SELECT at, body FROM history WHERE bilateral = ? AND starts >= ? AND starts < ? ORDER BY starts, period, at, n",
		bilateral, instant(begins.Start), instant(begins.End))
	return out, s.said("read the history", err)
}
