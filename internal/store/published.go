package store

import (
	"database/sql"
	"time"
)

// Publication is the agenda that was last put into one meeting's invitation.
type Publication struct {
	Moment      time.Time // the publish moment that it was for
	At          time.Time // when it was written; zero: never
	Fingerprint string
	Text        string
	Delivered   string // yes, no or unknown: whether the executive's copy has it
}

// Published returns the publication of the meeting with that original start; the zero Publication if there is none.
func (s *Store) Published(bilateral string, original time.Time) (Publication, error) {
	p, _, err := first(s.db, scanPublication, "SELECT moment, at, fingerprint, text, delivered FROM published WHERE bilateral = ? AND original = ?",
		bilateral, instant(original))
	return p, s.said("read what was published", err)
}

func scanPublication(r row) (p Publication, err error) {
	err = r.Scan((*instant)(&p.Moment), (*instant)(&p.At), &p.Fingerprint, &p.Text, &p.Delivered)
	return p, err
}

// SetPublished records what was published to the meeting with that original start, over what was before.
func (s *Store) SetPublished(bilateral string, original time.Time, p Publication) error {
	return s.change("record what was published", func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT OR REPLACE INTO published (bilateral, original, moment, at, fingerprint, text, delivered) VALUES (?, ?, ?, ?, ?, ?, ?)",
			bilateral, instant(original), instant(p.Moment), instant(p.At), p.Fingerprint, p.Text, p.Delivered)
		return err
	})
}
