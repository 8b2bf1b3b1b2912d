package store

import (
	"database/sql"
	"encoding/json"
	"slices"
	"time"
)

// Channel is what is known of one way to notify a person.
type Channel struct {
	Name    string    `json:"-"`                 // command, webhook, mail, calendar or heartbeat
	Notices []Notice  `json:"notices,omitempty"` // the problems that were told by it and have not ended
	Error   string    `json:"error,omitempty"`   // why it failed last; "" if it works
	Failing time.Time `json:"failing,omitzero"`  // since when it fails
}

// Notice is one problem as a channel was told of it. Code, bilateral, period and calendar are what tells it from others.
type Notice struct {
	Code      string    `json:"code"`
	Bilateral string    `json:"bilateral,omitempty"`
	Period    string    `json:"period,omitempty"`
	Calendar  string    `json:"calendar,omitempty"`
	Severity  string    `json:"severity"`
	Message   string    `json:"message"`
	Do        string    `json:"do"`
	Since     time.Time `json:"since"`         // the pass that found it first
	Gone      time.Time `json:"gone,omitzero"` // the pass that first found it ended or milder; zero: it stands
}

// Channels returns what is known of every channel, by name.
func (s *Store) Channels() ([]Channel, error) {
	scan := func(r row) (c Channel, err error) {
		err = r.Scan(&c.Name, asBody(&c))
		return c, err
	}
	out, err := all(s.db, scan, "SELECT name, body FROM channels ORDER BY name")
	return out, s.said("read what was notified", err)
}

// Channel returns what is known of one channel.
func (s *Store) Channel(name string) (Channel, error) {
	list, err := s.Channels()
	if i := slices.IndexFunc(list, func(c Channel) bool { return c.Name == name }); i >= 0 {
		return list[i], err
	}
	return Channel{Name: name}, err
}

// SetChannel keeps what is known of a channel, if that changed.
func (s *Store) SetChannel(c Channel) error {
	have, err := s.Channel(c.Name)
	if err != nil {
		return err
	}
	before, errBefore := json.Marshal(have)
	after, errAfter := json.Marshal(c)
	if errBefore == nil && errAfter == nil && string(before) == string(after) {
		return nil
	}
	return s.change("keep what was notified", func(tx *sql.Tx) error {
		_, err := tx.Exec("INSERT OR REPLACE INTO channels (name, body) VALUES (?, ?)", c.Name, asBody(&c))
		return err
	})
}

// KeepChannels forgets every channel that is not named: they are configured no more.
func (s *Store) KeepChannels(names ...string) error {
	list, err := s.Channels()
	if err != nil {
		return err
	}
	for _, c := range list {
		if slices.Contains(names, c.Name) {
			continue
		}
		err := s.change("forget a way to notify", func(tx *sql.Tx) error {
			_, err := tx.Exec("DELETE FROM channels WHERE name = ?", c.Name)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
