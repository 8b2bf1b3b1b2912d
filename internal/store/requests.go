package store

import (
	"database/sql"
	"fmt"
	"time"
)

// RequestKind is what the owner asks the daemon for.
type RequestKind string

// Requests of the CLI, by the command that makes them.
const (
	Skip   RequestKind = "skip"
	Unskip RequestKind = "unskip"
	Unpin  RequestKind = "unpin"
	Move   RequestKind = "move"
	Rebase RequestKind = "rebase"
	Travel RequestKind = "travel"
	Pause  RequestKind = "pause"
	Resume RequestKind = "resume"
	Adopt  RequestKind = "adopt"
	Start  RequestKind = "start"
)

// Request is an order of the owner's that waits for the daemon, or its outcome.
type Request struct {
	ID        int64
	Bilateral string // "" for all of them
	Kind      RequestKind
	Period    string
	Args      map[string]string
	At        time.Time

	Done    time.Time // zero while it is pending
	OK      bool
	Outcome string // a sentence for the owner
}

// Enqueue leaves a request for the daemon and returns its id.
func (s *Store) Enqueue(r Request) (id int64, err error) {
	err = s.change("leave a request for the daemon", func(tx *sql.Tx) error {
		done, err := tx.Exec("INSERT INTO requests (bilateral, kind, period, args, at) VALUES (?, ?, ?, ?, ?)",
			r.Bilateral, r.Kind, r.Period, asBody(&r.Args), instant(r.At))
		if err != nil {
			return err
		}
		id, err = done.LastInsertId()
		return err
	})
	return id, err
}

// PendingRequests returns the requests for one bilateral that have no outcome yet, in the order they were made. Those for
// all bilaterals stand under "".
func (s *Store) PendingRequests(bilateral string) ([]Request, error) {
	out, err := all(s.db, scanRequest, selectRequests+" WHERE bilateral = ? AND done = '' ORDER BY id", bilateral)
	return out, s.said("read the requests", err)
}

// RequestByID returns a request with its outcome, if it has one; [ErrNotFound].
func (s *Store) RequestByID(id int64) (Request, error) {
	r, ok, err := first(s.db, scanRequest, selectRequests+" WHERE id = ?", id)
	if err == nil && !ok {
		err = fmt.Errorf("request %d: %w", id, ErrNotFound)
	}
	return r, s.said("read a request", err)
}

// FinishRequest records what became of a request. The first outcome stays.
func (s *Store) FinishRequest(id int64, outcome string, ok bool, at time.Time) error {
	return s.change("finish a request", func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE requests SET outcome = ?, ok = ?, done = ? WHERE id = ? AND done = ''", outcome, ok, instant(at), id)
		return err
	})
}

const selectRequests = "SELECT id, bilateral, kind, period, args, at, done, ok, outcome FROM requests"

func scanRequest(r row) (q Request, err error) {
	err = r.Scan(&q.ID, &q.Bilateral, &q.Kind, &q.Period, asBody(&q.Args), (*instant)(&q.At), (*instant)(&q.Done), &q.OK, &q.Outcome)
	return q, err
}
