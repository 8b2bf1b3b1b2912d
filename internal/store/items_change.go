package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bilateral/agenda"
)

// Event is one change of a follow-up.
type Event struct {
	Item string    `json:"item"`
	At   time.Time `json:"at"`
	Who  string    `json:"who"`            // cli, invitation, wrap, daemon
	What string    `json:"what"`           // added, edited, done, dropped, reopened, carried
	Note string    `json:"note,omitempty"` // the reason, the meeting, or what was edited: "due: 2026-12-02 -> 2026-12-09"
}

// Update changes a follow-up's content, in one transaction with the reading of it. It keeps what is not content: id,
// bilateral, creation, status, carry-overs, and the first due date once there is one, because the say/do ratio counts it.
// A change that changes nothing writes nothing.
func (s *Store) Update(id, who string, at time.Time, change func(*agenda.Item)) (Entry, error) {
	return s.alter("edit a follow-up", id, who, at, func(r record) (record, Event, error) {
		item := r.item()
		change(&item)
		next := recordOf(item, r.Private, at)
		next.ID, next.Bilateral, next.Created, next.Carried = r.ID, r.Bilateral, r.Created, r.Carried
		next.Status, next.Closed, next.Reason = r.Status, r.Closed, r.Reason
		next.FirstDue = r.FirstDue
		if next.FirstDue == "" {
			next.FirstDue = next.Due
		}
		return next, Event{What: "edited"}, nil
	})
}

// CloseItem marks a follow-up done, or, with a reason, dropped. Closing what is closed in the same way changes nothing.
func (s *Store) CloseItem(id string, status agenda.Status, reason, who string, at time.Time) (Entry, error) {
	return s.alter("close a follow-up", id, who, at, func(r record) (record, Event, error) {
		switch {
		case status != agenda.Done && status != agenda.Dropped:
			return r, Event{}, fmt.Errorf("a follow-up is closed as done or dropped, not as %q", status)
		case status == agenda.Dropped && strings.TrimSpace(reason) == "":
			return r, Event{}, errors.New("to drop a follow-up takes a reason; give one with --reason")
		case r.Status == status:
			return r, Event{}, nil
		}
		r.Status, r.Closed, r.Reason, r.Updated = status, whole(at), reason, whole(at)
		return r, Event{What: string(status), Note: reason}, nil
	})
}

// Reopen opens a closed follow-up again; an open one stays as it is.
func (s *Store) Reopen(id, who string, at time.Time) (Entry, error) {
	return s.alter("reopen a follow-up", id, who, at, func(r record) (record, Event, error) {
		if r.Status == agenda.Open {
			return r, Event{}, nil
		}
		r.Status, r.Closed, r.Reason, r.Updated = agenda.Open, time.Time{}, "", whole(at)
		return r, Event{What: "reopened"}, nil
	})
}

// alter rewrites one follow-up and notes it in its history, if anything differs.
func (s *Store) alter(doing, id, who string, at time.Time, f func(record) (record, Event, error)) (Entry, error) {
	var out record
	err := s.change(doing, func(tx *sql.Tx) error {
		before, err := find(tx, id)
		if err != nil {
			return err
		}
		after, event, err := f(before)
		if err != nil {
			return err
		}
		out = before
		edits := differences(before, after)
		if len(edits) == 0 {
			return nil
		}
		if err := after.check(); err != nil {
			return err
		}
		if event.What == "edited" {
			event.Note = strings.Join(edits, "; ")
		}
		out = after
		event.Item, event.Who, event.At = after.ID, who, at
		return errors.Join(replace(tx, after), note(tx, event))
	})
	return out.entry(), err
}

func replace(tx *sql.Tx, r record) error {
	_, err := tx.Exec("UPDATE items SET bilateral = ?, kind = ?, status = ?, created = ?, closed = ?, updated = ?, carried = ?, "+
		"search = ?, body = ? WHERE id = ?", r.Bilateral, r.Kind, r.Status, instant(r.Created), instant(r.Closed),
		instant(r.Updated), r.Carried, r.search(), asBody(&r), r.ID)
	return err
}

// differences names the fields that differ, by their names in the export, but for the time of the change.
func differences(before, after record) []string {
	b, a := fields(before), fields(after)
	names := maps.Clone(b)
	maps.Copy(names, a)
	var out []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if name != "updated" && string(b[name]) != string(a[name]) {
			out = append(out, fmt.Sprintf("%s: %s -> %s", name, shown(b[name]), shown(a[name])))
		}
	}
	return out
}

func fields(r record) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	data, err := json.Marshal(r)
	if err != nil {
		panic(err) // instants were checked; nothing else in a record can fail
	}
	if err := json.Unmarshal(data, &out); err != nil {
		panic(err) // it was marshalled a line above
	}
	return out
}

func shown(v json.RawMessage) string {
	if v == nil {
		return "none"
	}
	return strings.Trim(string(v), `"`)
}

func note(tx *sql.Tx, e Event) error {
	_, err := tx.Exec("INSERT INTO item_history (item, at, who, what, note) VALUES (?, ?, ?, ?, ?)",
		e.Item, instant(e.At), e.Who, e.What, e.Note)
	return err
}

// ItemHistory returns the changes of one follow-up (its whole id), oldest first.
func (s *Store) ItemHistory(id string) ([]Event, error) {
	out, err := all(s.db, scanEvent, selectEvents+" WHERE item = ? ORDER BY at, n", id)
	return out, s.said("read a follow-up's history", err)
}

const selectEvents = "SELECT item, at, who, what, note FROM item_history"

func scanEvent(r row) (e Event, err error) {
	err = r.Scan(&e.Item, (*instant)(&e.At), &e.Who, &e.What, &e.Note)
	return e, err
}

// CarryOver counts one meeting more for each follow-up of the bilateral that was there when the meeting began and is
// still open. A meeting, known by its original start, counts once however often this is called. It returns how many were
// carried over.
func (s *Store) CarryOver(bilateral string, original, began, at time.Time) (carried int, err error) {
	known := func(q querier) (bool, error) {
		var one int
		_, ok, err := first(q, func(r row) (int, error) { return one, r.Scan(&one) },
			"SELECT 1 FROM carried WHERE bilateral = ? AND original = ?", bilateral, instant(original))
		return ok, err
	}
	const doing = "count a meeting"
	if done, err := known(s.db); err != nil || done { // asked at every pass: without a transaction first
		return 0, s.said(doing, err)
	}
	err = s.change(doing, func(tx *sql.Tx) error {
		if done, err := known(tx); err != nil || done {
			return err
		}
		carried, err = carryOver(tx, bilateral, original, began, at)
		return err
	})
	return carried, err
}

func carryOver(tx *sql.Tx, bilateral string, original, began, at time.Time) (int, error) {
	if _, err := tx.Exec("INSERT INTO carried (bilateral, original, at) VALUES (?, ?, ?)",
		bilateral, instant(original), instant(at)); err != nil {
		return 0, err
	}
	const still = " FROM items WHERE bilateral = ? AND status = 'open' AND created < ?"
	if _, err := tx.Exec("INSERT INTO item_history (item, at, who, what, note) SELECT id, ?, 'daemon', 'carried', ?"+still,
		instant(at), instant(original), bilateral, instant(began)); err != nil {
		return 0, err
	}
	done, err := tx.Exec("UPDATE items SET carried = carried + 1, updated = ? WHERE id IN (SELECT id"+still+")",
		instant(at), bilateral, instant(began))
	if err != nil {
		return 0, err
	}
	n, err := done.RowsAffected()
	return int(n), err
}
