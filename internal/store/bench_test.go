package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bilateral/agenda"
	"bilateral/calendar"
)

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	ok(b, opened(b, dir).Close())
	for b.Loop() {
		s, err := Open(dir)
		ok(b, err)
		ok(b, s.Close())
	}
}

// BenchmarkQuietPass is a pass that finds what the last one found; rows/pass is what it writes.
func BenchmarkQuietPass(b *testing.B) {
	s := opened(b, b.TempDir())
	verdicts := []Verdict{}
	for i := range 8 {
		v := verdict(14)
		v.Period = fmt.Sprintf("2026-W%d", 40+i)
		verdicts = append(verdicts, v)
	}
	busy := make([]calendar.Busy, 300)
	for i := range busy {
		start := monday.Add(time.Duration(i) * time.Hour)
		busy[i] = calendar.Busy{Span: calendar.Span{Start: start, End: start.Add(time.Hour)}, Strength: calendar.Hard, UID: fmt.Sprint(i)}
	}
	pass := func(at time.Time) {
		ok(b, s.SaveVerdicts("dana", verdicts, at))
		ok(b, s.SetSeen("dana", map[string]time.Time{"x": monday}))
		ok(b, s.Remember("dana", "u1", "work", at))
		ok(b, s.SaveBusy("work", at, busy))
		ok(b, s.SetCalendar(CalendarState{Name: "work", Reachable: true, LastOK: at, LastTry: at}))
		must[int](b)(s.CarryOver("dana", monday, monday, at))
		ok(b, s.EndPass(Pass{Began: at, Ended: at, OK: true}))
	}
	pass(monday)
	before, n := changes(b, s), 0
	for b.Loop() {
		n++
		pass(monday.Add(time.Duration(n) * time.Second % fresh))
	}
	b.ReportMetric(float64(changes(b, s)-before)/float64(n), "rows/pass")
}

// BenchmarkHundredThousand is the daily work over 100,000 follow-ups, of which 40 are open.
func BenchmarkHundredThousand(b *testing.B) {
	s := opened(b, b.TempDir())
	var file strings.Builder
	file.WriteString(header)
	for i := range 100_000 {
		id := benchID(i)
		line := itemLine(id, fmt.Sprintf("Follow-up number %d", i), "2026-11-01T10:00:00Z")
		if i >= 40 {
			line = strings.Replace(line, `"status":"open"`, `"status":"done","closed":"2026-11-01T10:00:00Z"`, 1)
		}
		file.WriteString(line)
	}
	must[Imported](b)(s.Import(strings.NewReader(file.String())))
	b.Run("PublicItems", func(b *testing.B) {
		for b.Loop() {
			if got := must[[]agenda.FollowUp](b)(s.PublicItems("dana", monday)); len(got) != 40 {
				b.Fatal(len(got))
			}
		}
	})
	b.Run("Get", func(b *testing.B) {
		for b.Loop() {
			must[Entry](b)(s.Get(benchID(0)))
		}
	})
	b.Run("ListQuery", func(b *testing.B) {
		for b.Loop() {
			must[[]Entry](b)(s.List(Filter{Query: "NUMBER 77777"}))
		}
	})
	b.Run("Add", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i++
			added(b, s, fmt.Sprint(i))
		}
	})
}

// benchID is the ith follow-up's id: digits and consonants, at least one of each.
func benchID(i int) string {
	const digits, letters = "23456789", "bcdfghjkmnpqrstvwxz"
	const signs = digits + letters
	form := i / (len(letters) * len(digits) * len(signs) * len(signs))
	a, b := letters[i%len(letters)], digits[i/len(letters)%len(digits)]
	c, d := signs[i/152%len(signs)], signs[i/4104%len(signs)]
	if form == 1 {
		a, b = b, a
	}
	return string([]byte{a, b, c, d})
}
