package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"bilateral/calendar"
	"bilateral/internal/plan"
)

// Orders are the owner's standing orders for one bilateral: they outlive the pass that took them.
type Orders struct {
	Skips       map[string]string // period key -> reason; never nil when read
	Travel      []plan.Travel     // of the executive
	PausedUntil time.Time         // zero: not paused
	// Generation counts the times that `start` made a new series: a series' UID derives from it, so that a vanished one
	// is not made again under its old name.
	Generation int
	// Marked is what the series told of these orders when a pass last looked at it.
	Marked Marked
}

// Marked is what the marks of a series tell of the owner's orders, as they stand there.
type Marked struct {
	UID    string   `json:"uid"`
	Paused string   `json:"paused,omitempty"`
	Travel string   `json:"travel,omitempty"`
	Skips  []string `json:"skips,omitempty"` // period keys
	Far    []string `json:"far,omitempty"`   // those of them that no meeting tells of
}

// Orders returns a bilateral's orders; without any, the zero Orders.
func (s *Store) Orders(bilateral string) (Orders, error) {
	o, err := readOrders(s.db, bilateral)
	return o, s.said("read the orders", err)
}

// ChangeOrders changes a bilateral's orders, in one transaction with the reading of them, and returns what they are now.
// It writes only what differs.
func (s *Store) ChangeOrders(bilateral string, change func(*Orders)) (Orders, error) {
	var out Orders
	err := s.change("change the orders", func(tx *sql.Tx) error {
		o, err := readOrders(tx, bilateral)
		if err != nil {
			return err
		}
		before, err := json.Marshal(ordersRecordOf(o))
		if err != nil {
			return err
		}
		change(&o)
		out = o
		after, err := json.Marshal(ordersRecordOf(o))
		if err != nil || string(after) == string(before) {
			return err
		}
		_, err = tx.Exec("INSERT INTO orders (bilateral, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
			bilateral, string(after))
		return err
	})
	return out, err
}

type ordersRecord struct {
	Skips       map[string]string `json:"skips,omitempty"`
	Travel      []travelRecord    `json:"travel,omitempty"`
	PausedUntil time.Time         `json:"paused_until,omitzero"`
	Generation  int               `json:"generation,omitzero"`
	Marked      Marked            `json:"marked,omitzero"`
}

type travelRecord struct {
	Zone  string `json:"zone"` // IANA name
	First date   `json:"first"`
	Last  date   `json:"last"`
}

func readOrders(q querier, bilateral string) (Orders, error) {
	var r ordersRecord
	if _, _, err := first(q, func(row row) (int, error) { return 0, row.Scan(asBody(&r)) },
		"SELECT body FROM orders WHERE bilateral = ?", bilateral); err != nil {
		return Orders{}, err
	}
	return r.orders()
}

func ordersRecordOf(o Orders) ordersRecord {
	r := ordersRecord{Skips: o.Skips, PausedUntil: whole(o.PausedUntil), Generation: o.Generation, Marked: o.Marked}
	for _, t := range o.Travel {
		r.Travel = append(r.Travel, travelRecord{Zone: t.Zone.String(), First: date(t.First.String()), Last: date(t.Last.String())})
	}
	return r
}

func (r ordersRecord) orders() (Orders, error) {
	o := Orders{Skips: r.Skips, PausedUntil: r.PausedUntil, Generation: r.Generation, Marked: r.Marked}
	if o.Skips == nil {
		o.Skips = map[string]string{}
	}
	for _, t := range r.Travel {
		zone, err := time.LoadLocation(t.Zone)
		if err != nil {
			return Orders{}, fmt.Errorf("travel from %s: %w", t.First, err)
		}
		o.Travel = append(o.Travel, plan.Travel{First: t.First.civil(), Last: t.Last.civil(), Zone: zone})
	}
	return o, nil
}

func (d date) civil() calendar.Date { return calendar.DateOf(d.time(), time.UTC) }
