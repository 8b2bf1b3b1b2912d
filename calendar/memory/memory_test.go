package memory_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/calendartest"
	"bilateral/calendar/memory"
)

type other struct{ *memory.Account }

func (o other) Put(uid string, text []byte) { o.Account.Put(uid+".ics", text) }
func (o other) Text(uid string) []byte      { return o.Bytes(uid + ".ics") }
func (o other) Delete(uid string)           { o.Account.Delete(uid + ".ics") }

func TestConformance(t *testing.T) {
	calendartest.Run(t, calendartest.Harness{New: func(*testing.T) (calendar.Account, calendartest.Other) {
		a := memory.New(clock)
		return a, other{a}
	}})
}

func clock() time.Time { return calendartest.Now }

func draft() calendar.Change {
	return calendar.Change{UID: "a", Create: &calendar.Draft{Title: "1:1", Start: calendartest.Now, Zone: time.UTC, Duration: time.Hour}}
}

func TestFaultsBeforeAndAfterTheEffect(t *testing.T) {
	lost := errors.New("lost")
	for _, row := range []struct {
		sentence, op string
		writes       int
	}{
		{"a write that fails before its effect leaves nothing", memory.Writing, 0},
		{"a write whose answer is lost has been made all the same", memory.Wrote, 1},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			a := memory.New(clock)
			a.Fail(func(op string) error {
				if op == row.op {
					return lost
				}
				return nil
			})
			if _, err := a.Apply(context.Background(), draft()); !errors.Is(err, lost) {
				t.Fatalf("got %v", err)
			}
			if a.Writes() != row.writes || len(a.Names()) != row.writes {
				t.Errorf("%d writes, %d objects", a.Writes(), len(a.Names()))
			}
		})
	}
}

func TestFaultOnReading(t *testing.T) {
	a := memory.New(clock)
	a.Fail(func(op string) error { return &calendar.Error{Kind: calendar.SignIn, Op: op, Target: "memory"} })
	_, seen := a.Observe(context.Background(), calendar.Query{})
	_, asked := a.FreeBusy(context.Background(), "dana@example.org", calendar.Span{})
	_, probed := a.About(context.Background())
	for _, err := range []error{seen, asked, probed} {
		if calendar.KindOf(err) != calendar.SignIn {
			t.Errorf("got %v", err)
		}
	}
}

func TestFreeBusyIsWhatAServerTells(t *testing.T) {
	dana, alice := memory.New(clock), memory.New(clock)
	window := calendar.Span{Start: calendartest.Now, End: calendartest.Now.AddDate(0, 1, 0)}
	if _, err := alice.FreeBusy(context.Background(), "dana@example.org", window); calendar.KindOf(err) != calendar.Denied {
		t.Fatalf("unshared: got %v", err)
	}
	alice.Share("dana@example.org", dana)
	for name, lines := range map[string]string{
		"busy":      "DTSTART;TZID=Europe/Berlin:20261026T100000\r\nSUMMARY:Secret", // the day after Berlin's clocks went back
		"newyork":   "DTSTART;TZID=America/New_York:20261026T100000\r\nSTATUS:TENTATIVE",
		"free":      "DTSTART:20261027T100000Z\r\nTRANSP:TRANSPARENT",
		"cancelled": "DTSTART:20261027T100000Z\r\nSTATUS:CANCELLED",
		"declined":  "DTSTART:20261027T100000Z\r\nATTENDEE;PARTSTAT=DECLINED:mailto:dana@example.org",
	} {
		dana.Put(name, []byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:"+name+"\r\n"+lines+"\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))
	}
	busy, err := alice.FreeBusy(context.Background(), "dana@example.org", window)
	if err != nil || len(busy) != 2 {
		t.Fatalf("got %+v, %v", busy, err)
	}
	for i, hour := range []int{9, 14} {
		if e := busy[i]; e.Start.Hour() != hour || e.UID != "" || e.Title != "" || !e.Anonymous || e.Tentative != (hour == 14) {
			t.Errorf("got %+v", e)
		}
	}
}
