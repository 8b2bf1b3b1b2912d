package engine

import (
	"strings"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/imip"
	"bilateral/internal/store"
)

// withdraw calls off by mail what the executive still has of a series that vanished, now that the owner has a new one made
// in its place: nothing in the calendar would ever tell them. made is the new one's UID.
func (w *work) withdraw(made string) error {
	if !w.forget {
		return nil
	}
	known, err := w.Store.KnownSeries(w.b.Name)
	if err != nil {
		return err
	}
	for _, k := range known {
		text, err := w.Store.Told(w.b.Name, k.UID)
		if err != nil {
			return err
		}
		if s, ok := parseTold(text).series(k.UID); !ok || !s.Until.IsZero() && s.Until.Before(w.Now) {
			continue // never told of, or over
		}
		w.letters[made] = append(w.letters[made], store.Letter{Bilateral: w.b.Name, Kind: store.WithdrawalLetter, UID: k.UID, Told: text, At: w.Now})
		if c := w.creates(); c != nil {
			c.Mails, c.Reason = append(c.Mails, w.b.Executive.Email), c.Reason+"; the series that vanished is called off"
		}
	}
	return nil
}

// series is as much of a series as was told of it, with the SEQUENCE that calls it off.
func (t told) series(uid string) (s calendar.Series, ok bool) {
	fields := strings.Fields(t.standing)
	if len(fields) < 3 {
		return s, false
	}
	first, ok := parseSpan(fields[0])
	s = calendar.Series{UID: uid, Start: first.Start, Duration: first.Length(), Rule: fields[2], Sequence: t.highest() + 1, Cancelled: true}
	s.Until, _ = untilOf(s.Rule)
	if zone, err := time.LoadLocation(fields[1]); err == nil {
		s.Zone = zone
	}
	return s, ok
}

func (w *work) composeWithdrawal(l store.Letter, s *calendar.Series) (m imip.Message, moot string, err error) {
	if s != nil {
		return m, "the series is in the calendar again", nil
	}
	gone, ok := parseTold(l.Told).series(l.UID)
	if !ok {
		return m, "nothing is known of the series any more", nil
	}
	gone.Title = w.b.Title
	return imip.Cancel(w.envelope(l.At), gone), "", nil
}
