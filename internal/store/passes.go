package store

import (
	"database/sql"
	"time"
)

// Daemon is the process that ran, or runs, on this state: whether it does is for [Holder] to say.
type Daemon struct {
	PID     int
	Host    string
	Started time.Time
}

// SetDaemon records the daemon that has just started.
func (s *Store) SetDaemon(d Daemon) error {
	return s.change("record the daemon", func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT OR REPLACE INTO daemon (one, pid, host, started) VALUES (1, ?, ?, ?)", d.PID, d.Host, instant(d.Started))
		return err
	})
}

// Daemon returns the daemon that started last; ok is false if none ever did.
func (s *Store) Daemon() (d Daemon, ok bool, err error) {
	d, ok, err = first(s.db, scanDaemon, "SELECT pid, host, started FROM daemon")
	return d, ok, s.said("read the daemon's record", err)
}

func scanDaemon(r row) (d Daemon, err error) {
	err = r.Scan(&d.PID, &d.Host, (*instant)(&d.Started))
	return d, err
}

// Pass is the last pass that finished.
type Pass struct {
	Began, Ended time.Time // as read, Began is of the first pass as long as none was OK
	OK           bool
	Errors       string    // in short; "" if OK
	Next         time.Time // when the daemon means to make the next; zero: it does not (run --once)
	LastGood     time.Time // the end of the last pass that was OK; EndPass sets it
}

// EndPass records a pass that finished. It is one row, and the one write of a pass that finds nothing new; a pass that
// began and did not finish leaves no trace but its open intents.
func (s *Store) EndPass(p Pass) error {
	if p.OK {
		p.LastGood = p.Ended
	} else {
		p.LastGood = time.Time{}
	}
	return s.change("record the pass", func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO pass (one, began, ended, ok, errors, next, last_good) VALUES (1, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET began = CASE WHEN last_good = '' AND NOT excluded.ok THEN began ELSE excluded.began END, ended = excluded.ended, ok = excluded.ok, errors = excluded.errors,
			next = excluded.next, last_good = CASE excluded.ok WHEN 1 THEN excluded.last_good ELSE last_good END`,
			instant(p.Began), instant(p.Ended), p.OK, p.Errors, instant(p.Next), instant(p.LastGood))
		return err
	})
}

// LastPass returns the last pass that finished; ok is false if none ever did.
func (s *Store) LastPass() (p Pass, ok bool, err error) {
	p, ok, err = first(s.db, scanPass, "SELECT began, ended, ok, errors, next, last_good FROM pass")
	return p, ok, s.said("read the last pass", err)
}

func scanPass(r row) (p Pass, err error) {
	err = r.Scan((*instant)(&p.Began), (*instant)(&p.Ended), &p.OK, &p.Errors, (*instant)(&p.Next), (*instant)(&p.LastGood))
	return p, err
}
