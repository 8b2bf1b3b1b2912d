package store

import (
	"database/sql"
	"encoding/json"
	"time"

	"bilateral/calendar"
)

// Intent says what is about to be written to a calendar. It is recorded before the write, so that after a crash the next
// pass knows where to look.
type Intent struct {
	ID        int64
	Bilateral string
	UID       string
	Actions   []Action // what is to be written, for the history
	Version   string   // of the series as it was observed
	Exempt    bool     // creation, adoption or the owner's command: not counted in the daily budget
	At        time.Time
	Letters   []Letter // that the write makes due; recorded with it

	Done       time.Time // zero while it is open
	Wrote      bool      // the calendar was changed
	Outcome    string    // a sentence or an error
	NewVersion string
}

// BeginIntent records an intent and returns its id. Once it has returned, the intent survives a power cut.
func (s *Store) BeginIntent(i Intent) (id int64, err error) {
	err = s.change("record an intent", func(tx *sql.Tx) error {
		done, err := tx.Exec("INSERT INTO intents (bilateral, uid, change, version, exempt, at) VALUES (?, ?, ?, ?, ?, ?)",
			i.Bilateral, i.UID, asBody(&i.Actions), i.Version, i.Exempt, instant(i.At))
		if err != nil {
			return err
		}
		if id, err = done.LastInsertId(); err != nil {
			return err
		}
		return addLetters(tx, id, i.Letters)
	})
	return id, err
}

// FinishIntent records what became of an intent: whether the calendar was changed, and how it went; and, in the same moment,
// the actions that were done by it. The first record stays.
func (s *Store) FinishIntent(id int64, wrote bool, outcome, newVersion string, at time.Time, done ...Action) error {
	return s.change("finish an intent", func(tx *sql.Tx) error {
		closed, err := tx.Exec("UPDATE intents SET wrote = ?, outcome = ?, new_version = ?, done = ? WHERE id = ? AND done = ''",
			wrote, outcome, newVersion, instant(at), id)
		if err != nil {
			return err
		}
		if n, err := closed.RowsAffected(); err != nil || n == 0 {
			return err
		}
		for _, a := range done {
			if err := logAction(tx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// OpenIntents returns the intents of a bilateral that were never finished, oldest first.
func (s *Store) OpenIntents(bilateral string) ([]Intent, error) {
	out, err := all(s.db, scanIntent, `SELECT id, bilateral, uid, change, version, exempt, at, done, wrote, outcome, new_version
		FROM intents WHERE bilateral = ? AND done = '' ORDER BY id`, bilateral)
	return out, s.said("read the open intents", err)
}

func scanIntent(r row) (i Intent, err error) {
	var actions string
	err = r.Scan(&i.ID, &i.Bilateral, &i.UID, &actions, &i.Version, &i.Exempt, (*instant)(&i.At),
		(*instant)(&i.Done), &i.Wrote, &i.Outcome, &i.NewVersion)
	if json.Unmarshal([]byte(actions), &i.Actions) != nil {
		i.Actions = nil // earlier versions kept words
	}
	return i, err
}

// WritesIn counts a bilateral's writes of a day, its last moment included, for the daily budget: intents that are not
// exempt and of which it is not known that they wrote nothing.
func (s *Store) WritesIn(bilateral string, day calendar.Span) (n int, err error) {
	err = s.db.QueryRow("SELECT count(*) FROM intents WHERE bilateral = ? AND at >= ? AND at <= ? AND exempt = 0 AND (wrote = 1 OR done = '')",
		bilateral, instant(day.Start), instant(day.End)).Scan(&n)
	return n, s.said("count the writes", err)
}
