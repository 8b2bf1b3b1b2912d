package store

import (
	"database/sql"
	"time"

	"bilateral/calendar"
)

// Reply is what the executive answered by mail, to a series or to one instance of it.
type Reply struct {
	Bilateral string
	UID       string
	Original  time.Time // zero: to the series
	Status    calendar.PartStat
	Comment   string
	Counter   *calendar.Span // the time proposed instead
	Sequence  int
	Stamp     time.Time
	At        time.Time // when it was first read
	Done      time.Time // when nothing was left to do about it
}

// later reports whether r replaces q, RFC 5546 section 2.1.5: by SEQUENCE, then by DTSTAMP.
func (r Reply) later(q Reply) bool {
	if r.Sequence != q.Sequence {
		return r.Sequence > q.Sequence
	}
	return r.Stamp.After(q.Stamp)
}

const selectReply = `SELECT bilateral, uid, original, status, comment, counter_start, counter_end, sequence, stamp, at, done FROM replies`

// Hear keeps an answer, unless a later one to the same is there or it was heard before.
func (s *Store) Hear(r Reply) error {
	const doing = "keep an answer"
	r.Stamp = whole(r.Stamp)
	was, known, err := first(s.db, scanReply, selectReply+" WHERE bilateral = ? AND uid = ? AND original = ?", r.Bilateral, r.UID, instant(r.Original))
	if err != nil || known && !r.later(was) {
		return s.said(doing, err)
	}
	var counter calendar.Span
	if r.Counter != nil {
		counter = *r.Counter
	}
	return s.change(doing, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT OR REPLACE INTO replies (bilateral, uid, original, status, comment, counter_start, counter_end, sequence, stamp, at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.Bilateral, r.UID, instant(r.Original), string(r.Status), r.Comment,
			instant(counter.Start), instant(counter.End), r.Sequence, instant(r.Stamp), instant(r.At))
		return err
	})
}

// OpenReplies returns the answers of which something is left to do, oldest first.
func (s *Store) OpenReplies(bilateral string) ([]Reply, error) {
	out, err := all(s.db, scanReply, selectReply+" WHERE bilateral = ? AND done = '' ORDER BY at, uid, original", bilateral)
	return out, s.said("read the answers", err)
}

func scanReply(r row) (out Reply, err error) {
	var counter calendar.Span
	err = r.Scan(&out.Bilateral, &out.UID, (*instant)(&out.Original), (*string)(&out.Status), &out.Comment, (*instant)(&counter.Start),
		(*instant)(&counter.End), &out.Sequence, (*instant)(&out.Stamp), (*instant)(&out.At), (*instant)(&out.Done))
	if !counter.IsZero() {
		out.Counter = &counter
	}
	return out, err
}

// FinishReply records that nothing is left to do about an answer.
func (s *Store) FinishReply(r Reply, at time.Time) error {
	return s.change("close an answer", func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE replies SET done = ? WHERE bilateral = ? AND uid = ? AND original = ? AND stamp = ? AND sequence = ?",
			instant(at), r.Bilateral, r.UID, instant(r.Original), instant(r.Stamp), r.Sequence)
		return err
	})
}
