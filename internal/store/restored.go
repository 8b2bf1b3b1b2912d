package store

import (
	"database/sql"
	"encoding/json"
	"time"
)

// Restored tells that a copy took the place of a damaged database.
type Restored struct {
	At    time.Time `json:"at"`    // when
	Of    time.Time `json:"of"`    // the moment that the copy is of
	Aside string    `json:"aside"` // where the damaged file is
}

// aboutAll is the bilateral of remarks that concern all of them.
const aboutAll = ""

const restoredCode = "state_restored"

// recordRestored notes the restoration, and closes what waited when the copy was made: it may have been done since.
func (s *Store) recordRestored(r Restored) error {
	return s.change("record that a copy was restored", func(tx *sql.Tx) error {
		const closed = "the database was restored from a copy; whether it was done is not known"
		for _, statement := range []string{
			"UPDATE requests SET done = ?1, ok = 0, outcome = ?2 WHERE done = ''",
			"UPDATE letters SET done = ?1, outcome = ?2 WHERE done = ''",
		} {
			if _, err := tx.Exec(statement, instant(r.At), closed); err != nil {
				return err
			}
		}
		if _, err := tx.Exec("DELETE FROM seen"); err != nil { // what was seen before settles anew
			return err
		}
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		remarks := Remarks{List: []Remark{{Code: restoredCode, Severity: "warning", Text: string(text), Since: r.At}}}
		_, err = tx.Exec("INSERT OR REPLACE INTO remarks (bilateral, body) VALUES (?, ?)", aboutAll, asBody(&remarks))
		return err
	})
}

// Restored tells of the last restoration; ok is false if there was none, or the damaged file was taken away since: then
// somebody has seen to it.
func (s *Store) Restored() (r Restored, ok bool, err error) {
	remarks, err := s.Remarks(aboutAll)
	for _, x := range remarks.List {
		if x.Code == restoredCode {
			ok, err = true, json.Unmarshal([]byte(x.Text), &r)
		}
	}
	return r, ok && err == nil && !missing(r.Aside), err
}
