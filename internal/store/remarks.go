package store

import (
	"database/sql"
	"encoding/json"
	"time"

	"bilateral/internal/plan"
)

// Remark is something that a person should hear of besides the verdicts.
type Remark struct {
	Code     string    `json:"code"`
	Severity string    `json:"severity"`         // critical or warning
	Period   string    `json:"period,omitempty"` // "" for the whole bilateral
	Text     string    `json:"text"`
	Since    time.Time `json:"since"` // the pass that found it first
}

// Remarks is what the last pass found about one bilateral besides its verdicts.
type Remarks struct {
	List       []Remark         `json:"list,omitempty"`
	Suggestion *plan.Suggestion `json:"suggestion,omitempty"`
}

// SetRemarks keeps a bilateral's remarks, if they are other ones. One that was there before keeps its Since.
func (s *Store) SetRemarks(bilateral string, r Remarks) error {
	const doing = "keep the remarks"
	have, err := s.Remarks(bilateral)
	if err != nil {
		return err
	}
	for k := range r.List {
		for _, old := range have.List {
			if old.Code == r.List[k].Code && old.Period == r.List[k].Period {
				r.List[k].Since = old.Since
			}
		}
	}
	before, errBefore := json.Marshal(have)
	after, errAfter := json.Marshal(r)
	if errBefore == nil && errAfter == nil && string(before) == string(after) {
		return nil
	}
	return s.change(doing, func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT OR REPLACE INTO remarks (bilateral, body) VALUES (?, ?)", bilateral, asBody(&r))
		return err
	})
}

// Remarks returns what the last pass found about a bilateral besides its verdicts.
func (s *Store) Remarks(bilateral string) (Remarks, error) {
	var r Remarks
	_, _, err := first(s.db, func(row row) (int, error) { return 0, row.Scan(asBody(&r)) }, "SELECT body FROM remarks WHERE bilateral = ?", bilateral)
	return r, s.said("read the remarks", err)
}
