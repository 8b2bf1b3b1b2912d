package main

import (
	"time"

	"bilateral/agenda"
	"bilateral/internal/store"
)

type listing struct {
	Version   int        `json:"version"`
	FollowUps []itemJSON `json:"followups"`
}

type itemJSON struct {
	ID        string        `json:"id"`
	Bilateral string        `json:"bilateral"`
	Kind      agenda.Kind   `json:"kind"`
	Private   bool          `json:"private"`
	Status    agenda.Status `json:"status"`
	Text      string        `json:"text"`
	Proposal  string        `json:"proposal"`
	Options   []string      `json:"options"`
	Default   string        `json:"default"`
	Details   []string      `json:"details"`
	Goal      string        `json:"goal"`
	Due       *string       `json:"due"`
	FirstDue  *string       `json:"first_due"`
	Minutes   int           `json:"minutes"`
	Priority  int           `json:"priority"`
	AtRisk    bool          `json:"at_risk"`
	Created   time.Time     `json:"created"`
	Closed    *time.Time    `json:"closed"`
	Reason    string        `json:"reason"`
	Carried   int           `json:"carried"`
}

func itemsJSON(items []store.Entry) []itemJSON {
	out := make([]itemJSON, 0, len(items))
	for _, e := range items {
		out = append(out, itemJSON{
			ID: e.ID, Bilateral: e.Bilateral, Kind: e.Kind, Private: e.Private, Status: e.Status, Text: e.Text,
			Proposal: e.Proposal, Options: append([]string{}, e.Options...), Default: e.Default,
			Details: append([]string{}, e.Details...), Goal: e.Goal, Due: dateJSON(e.Due), FirstDue: dateJSON(e.FirstDue),
			Minutes: e.Minutes, Priority: e.Priority, AtRisk: e.AtRisk, Created: e.Created.UTC(), Closed: instantJSON(e.Closed),
			Reason: e.Reason, Carried: e.Carried,
		})
	}
	return out
}

func dateJSON(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.Format(time.DateOnly)
	return &s
}

func instantJSON(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
