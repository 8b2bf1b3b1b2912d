package store

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"bilateral/agenda"
)

// Entry is a follow-up as lists show it to the owner. Whether it is private was settled when it was added. What goes into
// an agenda comes from [Store.PublicItems], never from an Entry.
type Entry struct {
	agenda.Item
	Private bool
	Updated time.Time
}

// Filter says which follow-ups to list; a zero field leaves nothing out, but for IncludePrivate.
type Filter struct {
	Bilateral      string
	Kinds          []agenda.Kind
	Status         agenda.Status
	Query          string // part of any of its texts, in any case
	IncludePrivate bool
}

// Add puts in a follow-up that the executive may see, and returns it with its id. Missing fields are filled in: ID,
// Status open, Created at, FirstDue from Due. who is what made it: cli, invitation, wrap.
func (s *Store) Add(f agenda.FollowUp, who string, at time.Time) (agenda.FollowUp, error) {
	item, err := s.add(f.Item, false, who, at)
	return agenda.FollowUp{Item: item}, err
}

// AddPrivate puts in a follow-up for the owner alone, like [Store.Add].
func (s *Store) AddPrivate(p agenda.Private, who string, at time.Time) (agenda.Private, error) {
	item, err := s.add(p.Item, true, who, at)
	return agenda.Private{Item: item}, err
}

func (s *Store) add(item agenda.Item, private bool, who string, at time.Time) (agenda.Item, error) {
	if item.Status == "" {
		item.Status = agenda.Open
	}
	if item.Created.IsZero() {
		item.Created = at
	}
	if item.FirstDue.IsZero() {
		item.FirstDue = item.Due
	}
	r := recordOf(item, private, at)
	err := s.change("add a follow-up", func(tx *sql.Tx) error {
		if err := chooseID(tx, &r); err != nil {
			return err
		}
		if err := r.check(); err != nil {
			return err
		}
		if err := insert(tx, r); err != nil {
			return err
		}
		return note(tx, Event{Item: r.ID, At: at, Who: who, What: "added"})
	})
	return r.item(), err
}

// chooseID gives the record an id that is free. An id that it has already must be.
func chooseID(tx *sql.Tx, r *record) error {
	if r.ID != "" {
		_, taken, err := first(tx, scanRecord, selectItems+" WHERE id = ?", r.ID)
		if err == nil && taken {
			return fmt.Errorf("there is a follow-up #%s already", r.ID)
		}
		return err
	}
	// There are some 240,000 ids: at 100,000 follow-ups one in four candidates is taken.
	for n := range 1000 {
		id := newID(*r, n)
		if !agenda.ValidID(id) {
			continue
		}
		_, taken, err := first(tx, scanRecord, selectItems+" WHERE id = ?", id)
		if err != nil {
			return err
		}
		if !taken {
			r.ID = id
			return nil
		}
	}
	return fmt.Errorf("no id is free for another follow-up")
}

const selectItems = "SELECT body, carried, updated FROM items"

// scanRecord reads a record. Carried and Updated have columns of their own, which rule: a carry-over changes only them.
func scanRecord(r row) (record, error) {
	var out record
	var carried int
	var updated instant
	err := r.Scan(asBody(&out), &carried, &updated)
	out.Carried, out.Updated = carried, time.Time(updated)
	return out, err
}

func scanEntry(r row) (Entry, error) {
	rec, err := scanRecord(r)
	return rec.entry(), err
}

func (r record) entry() Entry { return Entry{Item: r.item(), Private: r.Private, Updated: r.Updated} }

func insert(tx *sql.Tx, r record) error {
	_, err := tx.Exec(`INSERT INTO items (id, bilateral, private, kind, status, created, closed, updated, carried, search, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Bilateral, r.Private, r.Kind, r.Status, instant(r.Created), instant(r.Closed), instant(r.Updated), r.Carried,
		r.search(), asBody(&r))
	return err
}

// Get returns the follow-up with that id, with or without a leading #, in any case; or the only one whose id begins so.
// [ErrNotFound], or [*Ambiguous].
func (s *Store) Get(id string) (Entry, error) {
	r, err := find(s.db, id)
	return r.entry(), s.said("look up a follow-up", err)
}

func find(q querier, id string) (record, error) {
	id = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(id), "#"))
	if id == "" {
		return record{}, fmt.Errorf("follow-up: %w", ErrNotFound)
	}
	// '{' follows 'z': a range, so that the primary key's index serves.
	found, err := all(q, scanRecord, selectItems+" WHERE id >= ? AND id < ? ORDER BY id LIMIT 8", id, id+"{")
	switch {
	case err != nil:
		return record{}, err
	case len(found) == 0:
		return record{}, fmt.Errorf("follow-up #%s: %w", id, ErrNotFound)
	case len(found) > 1:
		return record{}, ambiguous(id, found)
	}
	return found[0], nil
}

func ambiguous(prefix string, found []record) error {
	e := &Ambiguous{Prefix: prefix}
	for _, r := range found {
		e.IDs = append(e.IDs, r.ID)
	}
	return e
}

// List returns follow-ups, oldest first.
func (s *Store) List(f Filter) ([]Entry, error) {
	where, args := f.where()
	out, err := all(s.db, scanEntry, selectItems+where+" ORDER BY created, id", args...)
	return out, s.said("list follow-ups", err)
}

func (f Filter) where() (string, []any) {
	terms, args := []string{"1"}, []any{}
	must := func(term string, arg any) { terms, args = append(terms, term), append(args, arg) }
	if f.Bilateral != "" {
		must("bilateral = ?", f.Bilateral)
	}
	if len(f.Kinds) > 0 {
		must("kind IN (SELECT value FROM json_each(?))", asBody(&f.Kinds))
	}
	if f.Status != "" {
		must("status = ?", f.Status)
	}
	if f.Query != "" {
		must("instr(search, ?) > 0", strings.ToLower(f.Query))
	}
	if !f.IncludePrivate {
		terms = append(terms, "private = 0")
	}
	return " WHERE " + strings.Join(terms, " AND "), args
}

// PublicItems returns what the executive may see: the open follow-ups of a bilateral and those closed at or after since,
// oldest first.
func (s *Store) PublicItems(bilateral string, since time.Time) ([]agenda.FollowUp, error) {
	scan := func(r row) (agenda.FollowUp, error) {
		e, err := scanEntry(r)
		return agenda.FollowUp{Item: e.Item}, err
	}
	out, err := all(s.db, scan, selectCurrent, bilateral, false, instant(since))
	return out, s.said("read the public follow-ups", err)
}

// PrivateItems returns what is for the owner alone, like [Store.PublicItems].
func (s *Store) PrivateItems(bilateral string, since time.Time) ([]agenda.Private, error) {
	scan := func(r row) (agenda.Private, error) {
		e, err := scanEntry(r)
		return agenda.Private{Item: e.Item}, err
	}
	out, err := all(s.db, scan, selectCurrent, bilateral, true, instant(since))
	return out, s.said("read the private follow-ups", err)
}

// Two searches of one index: over an OR, SQLite reads every follow-up that the bilateral ever had.
const selectCurrent = selectItems + ` WHERE id IN (
	SELECT id FROM items WHERE bilateral = ?1 AND private = ?2 AND status = 'open'
	UNION ALL
	SELECT id FROM items WHERE bilateral = ?1 AND private = ?2 AND status IN ('done', 'dropped') AND closed >= ?3)
	ORDER BY created, id`
