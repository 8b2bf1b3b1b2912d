package store

import (
	"database/sql"
	"time"
)

// Kinds of letters.
const (
	SeriesLetter   = "series"
	InstanceLetter = "instance"
	FloorLetter    = "floor" // the agenda in writing, for a period without a meeting
	// WithdrawalLetter calls off a series that vanished from the calendar; Told is what was last told of it.
	WithdrawalLetter = "withdrawal"
)

// Letter is a mail to the executive that a write to the calendar makes due. It says what it is about and not what stands
// in it: that is made when it is sent, from the calendar as it is then.
type Letter struct {
	ID        int64
	Bilateral string
	Intent    int64 // the write that it tells of
	Kind      string
	UID       string
	Original  time.Time // of an instance; zero for the others
	Period    string
	Told      string // what the calendar's mark says of it once the write took place
	Was       string // what the executive had been told before
	At        time.Time

	Tries   int // sends that were begun
	Tried   time.Time
	Error   string // of the last one, if it failed
	Done    time.Time
	Outcome string // the message's id, or why it was never sent

	Written, Failed bool // what is known for sure of the write, for OpenLetters
}

const insertLetter = `INSERT INTO letters (bilateral, intent, kind, uid, original, period, told, was, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

func addLetters(tx *sql.Tx, intent int64, list []Letter) error {
	for _, l := range list {
		if _, err := tx.Exec(insertLetter, l.Bilateral, intent, l.Kind, l.UID, instant(l.Original), l.Period, l.Told, l.Was, instant(l.At)); err != nil {
			return err
		}
	}
	return nil
}

// OpenLetters returns a bilateral's letters that were neither sent nor given up, oldest first. A withdrawal has no mark in the
// calendar that could confirm it, but the series that was made instead can be seen, also after a crash: it counts as written
// once that was found.
func (s *Store) OpenLetters(bilateral string) ([]Letter, error) {
	out, err := all(s.db, scanLetter, `SELECT l.id, l.bilateral, l.intent, l.kind, l.uid, l.original, l.period, l.told, l.was, l.at, l.tries,
		l.tried, l.error, l.done, l.outcome, i.outcome = 'written' OR l.kind = 'withdrawal' AND i.wrote = 1, i.done <> '' AND i.wrote = 0 FROM letters l JOIN intents i ON i.id = l.intent
		WHERE l.bilateral = ? AND l.done = '' ORDER BY l.id`, bilateral)
	return out, s.said("read the open letters", err)
}

func scanLetter(r row) (l Letter, err error) {
	err = r.Scan(&l.ID, &l.Bilateral, &l.Intent, &l.Kind, &l.UID, (*instant)(&l.Original), &l.Period, &l.Told, &l.Was, (*instant)(&l.At), &l.Tries,
		(*instant)(&l.Tried), &l.Error, (*instant)(&l.Done), &l.Outcome, &l.Written, &l.Failed)
	return l, err
}

// BeginLetter records that the letter is about to be sent. Once it has returned, a crash leaves the letter as one that may
// have been sent.
func (s *Store) BeginLetter(id int64, at time.Time) error {
	return s.change("record a letter about to be sent", func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE letters SET tries = tries + 1, tried = ? WHERE id = ?", instant(at), id)
		return err
	})
}

// FailLetter records why a send failed; the letter stays open.
func (s *Store) FailLetter(id int64, why string) error {
	return s.change("record a failed letter", func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE letters SET error = ? WHERE id = ?", why, id)
		return err
	})
}

// SentLetters closes letters that one message told of, and records in the same moment that it went out.
func (s *Store) SentLetters(message string, a Action, ids ...int64) error {
	return s.change("close a letter that was sent", func(tx *sql.Tx) error {
		if err := closeLetters(tx, message, a.At, ids); err != nil {
			return err
		}
		return logAction(tx, a)
	})
}

// FinishLetters closes letters that are not sent: outcome is why.
func (s *Store) FinishLetters(outcome string, at time.Time, ids ...int64) error {
	if len(ids) == 0 {
		return nil
	}
	return s.change("close a letter", func(tx *sql.Tx) error { return closeLetters(tx, outcome, at, ids) })
}

func closeLetters(tx *sql.Tx, outcome string, at time.Time, ids []int64) error {
	for _, id := range ids {
		if _, err := tx.Exec("UPDATE letters SET done = ?, outcome = ?, error = '' WHERE id = ?", instant(at), outcome, id); err != nil {
			return err
		}
	}
	return nil
}

// Uninvited reports whether a series was to be announced by a letter, and none of those went out: the executive has heard of
// nothing, although the series stands. A letter whose sending was begun may have gone out.
func (s *Store) Uninvited(bilateral, uid string) (bool, error) {
	due, _, err := first(s.db, scanBool, `SELECT count(*) > 0 AND sum(outcome NOT LIKE 'not sent: %' AND done <> '' OR done = '' AND tries > 0 AND error = '') = 0
		FROM letters WHERE bilateral = ? AND uid = ? AND kind = 'series'`, bilateral, uid)
	return due, s.said("read whether an invitation went out", err)
}

func scanBool(r row) (yes bool, err error) {
	var n sql.NullBool
	err = r.Scan(&n)
	return n.Bool, err
}

// Told returns what the executive was last told of a series, as SetTold recorded it; "" if nothing is known.
func (s *Store) Told(bilateral, uid string) (string, error) {
	text, _, err := first(s.db, scanText, "SELECT body FROM told WHERE bilateral = ? AND uid = ?", bilateral, uid)
	return text, s.said("read what was told", err)
}

func scanText(r row) (text string, err error) {
	err = r.Scan(&text)
	return text, err
}

// SetTold records what the executive was told of a series.
func (s *Store) SetTold(bilateral, uid, body string) error {
	return s.change("record what was told", func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT OR REPLACE INTO told (bilateral, uid, body) VALUES (?, ?, ?)", bilateral, uid, body)
		return err
	})
}
