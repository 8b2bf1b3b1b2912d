package store

import (
	"testing"
	"time"

	"bilateral/calendar"
)

func TestLettersStandWithTheIntentAndKnowWhatBecameOfIt(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		finish          func(s *Store, id int64) error
		written, failed bool
	}{
		"the write is under way":           {func(*Store, int64) error { return nil }, false, false},
		"it was written":                   {func(s *Store, id int64) error { return s.FinishIntent(id, true, "written", "2", at) }, true, false},
		"it was refused":                   {func(s *Store, id int64) error { return s.FinishIntent(id, false, "denied", "", at) }, false, true},
		"somebody wrote, perhaps not this": {func(s *Store, id int64) error { return s.FinishIntent(id, true, "found written", "", at) }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := must[*Store](t)(Open(t.TempDir()))
			defer s.Close()
			l := Letter{Bilateral: "dana", Kind: InstanceLetter, UID: "u", Original: at, Period: "2026-W48", Told: "gone 2", Was: "x 1", At: at}
			id := must[int64](t)(s.BeginIntent(Intent{Bilateral: "dana", UID: "u", At: at, Letters: []Letter{l}}))
			ok(t, row.finish(s, id))
			open := must[[]Letter](t)(s.OpenLetters("dana"))
			if len(open) != 1 || open[0].Written != row.written || open[0].Failed != row.failed || open[0].Told != "gone 2" || !open[0].Original.Equal(at) {
				t.Fatalf("open: %+v", open)
			}
			ok(t, s.BeginLetter(open[0].ID, at.Add(time.Minute)))
			ok(t, s.FailLetter(open[0].ID, "down"))
			again := must[[]Letter](t)(s.OpenLetters("dana"))
			if again[0].Tries != 1 || again[0].Error != "down" || !again[0].Tried.Equal(at.Add(time.Minute)) {
				t.Errorf("after a failure: %+v", again[0])
			}
			ok(t, s.FinishLetters("id@example.org", at, open[0].ID))
			if left := must[[]Letter](t)(s.OpenLetters("dana")); len(left) != 0 {
				t.Errorf("sent, and still open: %+v", left)
			}
		})
	}
}

func TestTheNewestAnswerCounts(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	answer := func(status calendar.PartStat, sequence, minutes int) Reply {
		return Reply{Bilateral: "dana", UID: "u", Original: at, Status: status, Sequence: sequence, Stamp: at.Add(time.Duration(minutes) * time.Minute), At: at}
	}
	for name, row := range map[string]struct {
		heard []Reply
		want  calendar.PartStat
	}{
		"the later of two":                                 {[]Reply{answer(calendar.Declined, 1, 0), answer(calendar.Accepted, 1, 1)}, calendar.Accepted},
		"whatever order they come in":                      {[]Reply{answer(calendar.Accepted, 1, 1), answer(calendar.Declined, 1, 0)}, calendar.Accepted},
		"to the newer invitation, however late a clock is": {[]Reply{answer(calendar.Accepted, 2, 0), answer(calendar.Declined, 1, 9)}, calendar.Accepted},
	} {
		t.Run(name, func(t *testing.T) {
			s := must[*Store](t)(Open(t.TempDir()))
			defer s.Close()
			for _, r := range row.heard {
				ok(t, s.Hear(r))
			}
			open := must[[]Reply](t)(s.OpenReplies("dana"))
			if len(open) != 1 || open[0].Status != row.want {
				t.Fatalf("open: %+v", open)
			}
			ok(t, s.FinishReply(open[0], at))
			ok(t, s.Hear(row.heard[0])) // a mailbox tells again
			ok(t, s.Hear(row.heard[1]))
			if left := must[[]Reply](t)(s.OpenReplies("dana")); len(left) != 0 {
				t.Errorf("dealt with, and open again: %+v", left)
			}
		})
	}
}
