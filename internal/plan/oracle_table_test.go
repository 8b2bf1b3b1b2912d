package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

// oracleDay is a date of the week of Monday, 23 November 2026, counted from that Monday, in Berlin.
func oracleDay(day int) calendar.Date {
	return calendar.Date{Year: 2026, Month: 11, Day: 23}.Add(day)
}

// oracleSpan reads a span as "Wed 15:30-16:15" of that week, or "1 Wed …" of the week after, in Berlin.
func oracleSpan(text string) calendar.Span {
	week := 0
	if rest, ok := strings.CutPrefix(text, "1 "); ok {
		text, week = rest, 7
	}
	day := strings.Index("MonTueWedThuFriSatSun", text[:3])/3 + week
	from, to, _ := strings.Cut(text[4:], "-")
	return calendar.Span{Start: oracleDay(day).At(oracleMinute(from), genLoad("Europe/Berlin")),
		End: oracleDay(day).At(oracleMinute(to), genLoad("Europe/Berlin"))}
}

func oracleMinute(clock string) int {
	return int(clock[0]-'0')*600 + int(clock[1]-'0')*60 + int(clock[3]-'0')*10 + int(clock[4]-'0')
}

func oracleNow(w *World, text string) { w.Now = oracleSpan(text + "-24:00").Start }

func oracleEvery(days string, from, to string) []Hours {
	var list []Hours
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.Contains(days, d.String()[:3]) {
			list = append(list, Hours{d, oracleMinute(from), oracleMinute(to)})
		}
	}
	return list
}

const oracleWorkdays = "Mon Tue Wed Thu Fri"

// oracleWorld: Monday 10:00; weekly on Wednesday at 15:30 for 45 minutes, at least 20; both work from 9 to 17.
func oracleWorld() World {
	zone := genLoad("Europe/Berlin")
	prefer := Prefer{Weekday: time.Wednesday, Nth: 1, Minute: oracleMinute("15:30")}
	w := World{Policy: Policy{Cadence: Cadence{Week, 1}, Prefer: prefer, Duration: 45 * time.Minute, Minimum: 20 * time.Minute,
		Horizon: Horizon{Days: 6}, Notice: 24 * time.Hour, Freeze: 2 * time.Hour, ActWithin: 14 * 24 * time.Hour, MaxMoves: 2, OnDelete: Ask,
		Mine:   Side{Name: "Alice Chen", Zone: zone, Hours: oracleEvery(oracleWorkdays, "09:00", "17:00")},
		Theirs: Side{Name: "Dana Boss", Zone: zone, Hours: oracleEvery(oracleWorkdays, "09:00", "17:00")}},
		Own:      []string{"own"},
		Standing: &Standing{First: oracleDay(2), Prefer: prefer, Duration: 45 * time.Minute}}
	slot := oracleSpan("Wed 15:30-16:15")
	w.Instances = []Instance{{Original: slot.Start, Slot: slot}}
	oracleNow(&w, "Mon 10:00")
	return w
}

func oracleBusy(w *World, strength calendar.Strength, spans ...string) {
	for _, s := range spans {
		w.Theirs = append(w.Theirs, calendar.Busy{Span: oracleSpan(s), Strength: strength, UID: s})
	}
}

// oracleOnly makes everything hard but the spans.
func oracleOnly(w *World, spans ...string) {
	week := calendar.Span{Start: oracleDay(0).At(0, genLoad("Europe/Berlin")), End: oracleDay(14).At(0, genLoad("Europe/Berlin"))}
	var cuts []calendar.Span
	for _, s := range spans {
		cuts = append(cuts, oracleSpan(s))
	}
	for _, s := range oracleCut(week, cuts) {
		w.Theirs = append(w.Theirs, calendar.Busy{Span: s, Strength: calendar.Hard, UID: s.Start.String()})
	}
}

// oracleSunday: it is Monday of the week after, the last meeting was on Sunday, and only this Monday and Friday are free.
func oracleSunday(w *World) {
	w.Now, w.Policy.Notice = oracleDay(7).At(9*60, genLoad("Europe/Berlin")), 2*time.Hour
	w.Instances[0].Slot = oracleSpan("Sun 15:30-16:15")
	later := oracleSpan("1 Wed 15:30-16:15")
	w.Instances = append(w.Instances, Instance{Original: later.Start, Slot: later})
	oracleOnly(w, "1 Mon 15:30-16:15", "1 Fri 15:30-16:15")
}

const oracleConflict = "Wed 15:30-16:00"

var oracleTable = []struct {
	sentence string
	world    func(w *World)
	want     string // of the period that it begins with
}{
	{"what stands over nothing is held", func(w *World) {}, "W48 held/held Wed 25 15:30-16:15 keep"},
	{"a conflict moves it on the same day, to the nearest quarter of an hour", func(w *World) { oracleBusy(w, calendar.Hard, oracleConflict) },
		"W48 held/moved move Wed 25 16:00-16:45 same_day"},
	{"of two days equally near the earlier is taken", func(w *World) { oracleBusy(w, calendar.Hard, "Wed 09:00-17:00") },
		"W48 held/moved move Tue 24 15:30-16:15 same_period"},
	{"leave on one day of the week is no waiver", func(w *World) { oracleBusy(w, calendar.Away, "Wed 00:00-24:00") },
		"W48 held/moved move Tue 24 15:30-16:15 same_period"},
	{"a shorter slot is better than none", func(w *World) { oracleOnly(w, "Thu 10:00-10:25") },
		"W48 held/moved move Thu 26 10:00-10:25 shorter"},
	{"full length on another day goes before a shorter slot on the preferred one",
		func(w *World) { oracleOnly(w, "Wed 15:30-15:55", "Fri 09:00-10:00") }, "W48 held/moved move Fri 27 09:15-10:00 same_period"},
	{"a new slot avoids soft time", func(w *World) {
		oracleBusy(w, calendar.Hard, "Wed 15:30-16:15")
		oracleBusy(w, calendar.Soft, "Wed 16:15-17:00")
	}, "W48 held/moved move Wed 25 14:45-15:30 same_day"},
	{"soft time does not move what stands", func(w *World) { oracleBusy(w, calendar.Soft, "Wed 15:00-16:00") },
		"W48 held/held Wed 25 15:30-16:15 soft"},
	{"of soft slots the one that covers least is taken, however short", func(w *World) {
		oracleOnly(w, "Thu 10:00-10:45")
		oracleBusy(w, calendar.Soft, "Thu 10:00-10:45")
	}, "W48 held/moved move Thu 26 10:15-10:35 soft"},
	{"notice is broken where nothing else is free", func(w *World) { oracleOnly(w, "Mon 14:00-14:45") },
		"W48 held/moved move Mon 23 14:00-14:45 same_period"},
	{"soft time with notice goes before free time without", func(w *World) {
		oracleOnly(w, "Mon 14:00-14:45", "Thu 10:00-10:45")
		oracleBusy(w, calendar.Soft, "Thu 10:00-10:45")
	}, "W48 held/moved move Thu 26 10:15-10:35 soft"},
	{"freeze is never broken", func(w *World) { oracleOnly(w, "Mon 11:30-12:15") }, "W48 unmet/no_slot floor"},
	{"the stretch comes last", func(w *World) {
		w.Policy.Mine.Stretch = oracleEvery(oracleWorkdays, "17:00", "19:00")
		w.Policy.Theirs.Stretch = w.Policy.Mine.Stretch
		oracleBusy(w, calendar.Hard, "Mon 09:00-17:00", "Tue 09:00-17:00", "Wed 09:00-17:00", "Thu 09:00-17:00", "Fri 09:00-17:00")
	}, "W48 held/moved move Wed 25 17:00-17:45 stretch"},
	{"a slot about to start is not moved", func(w *World) { oracleNow(w, "Wed 14:00"); oracleBusy(w, calendar.Hard, oracleConflict) },
		"W48 unmet/frozen floor"},
	{"freeze does not bind a declined slot", func(w *World) { oracleNow(w, "Wed 14:00"); w.Instances[0].Answer = No },
		"W48 held/moved move Thu 26 15:30-16:15 same_period"},
	{"a decline with a note moves nothing", func(w *World) { w.Instances[0].Answer = NoWithNote }, "W48 unmet/declined_note floor"},
	{"a refused time is not offered again", func(w *World) {
		oracleBusy(w, calendar.Hard, "Wed 15:30-16:00")
		w.Instances[0].Refused = []calendar.Span{oracleSpan("Wed 16:30-16:45")}
	}, "W48 held/moved move Wed 25 14:45-15:30 same_day"},
	{"a pinned slot is held where it is", func(w *World) {
		w.Instances[0].Slot, w.Instances[0].Pinned = oracleSpan("Wed 20:07-20:17"), true
	}, "W48 held/pinned Wed 25 20:07-20:17 stretch"},
	{"a pinned slot over hard time is never moved", func(w *World) {
		w.Instances[0].Pinned = true
		oracleBusy(w, calendar.Hard, oracleConflict)
	}, "W48 unmet/pinned floor"},
	{"an unpinned slot on an odd minute is moved onto the grid", func(w *World) { w.Instances[0].Slot = oracleSpan("Wed 15:32-16:17") },
		"W48 held/moved move Wed 25 15:30-16:15 keep"},
	{"after two moves there is no third", func(w *World) { w.Instances[0].Moves = 2; oracleBusy(w, calendar.Hard, oracleConflict) },
		"W48 unmet/budget floor"},
	{"a new conflict settles first", func(w *World) { w.Policy.Settle = 10 * time.Minute; oracleBusy(w, calendar.Hard, oracleConflict) },
		"W48 pending/settling Wed 25 16:00-16:45 same_day until Mon 23 10:10"},
	{"it settles from when it was first seen", func(w *World) {
		w.Policy.Settle = 10 * time.Minute
		w.Seen = map[string]time.Time{"2026-W48 conflict 2026-11-25T14:30:00Z": w.Now.Add(-4 * time.Minute)}
		oracleBusy(w, calendar.Hard, oracleConflict)
	}, "W48 pending/settling Wed 25 16:00-16:45 same_day until Mon 23 10:06"},
	{"a conflict far ahead waits", func(w *World) { w.Policy.ActWithin = 24 * time.Hour; oracleBusy(w, calendar.Hard, oracleConflict) },
		"W48 pending/far Wed 25 16:00-16:45 same_day until Tue 24 15:30"},
	{"it does not wait where slots run out", func(w *World) {
		w.Policy.ActWithin = 24 * time.Hour
		oracleOnly(w, "Wed 16:00-17:00") // starts at 16:00, 16:15, 16:30
	}, "W48 held/moved move Wed 25 16:00-16:45 same_day"},
	{"one move a day, and then in the executive's hours", func(w *World) {
		w.Instances[0].Moves, w.Instances[0].LastMove = 1, w.Now.Add(-time.Hour)
		oracleBusy(w, calendar.Hard, oracleConflict)
	}, "W48 pending/daily Wed 25 16:00-16:45 same_day until Tue 24 09:00"},
	{"nothing moves in the evening", func(w *World) { oracleNow(w, "Mon 18:00"); oracleBusy(w, calendar.Hard, oracleConflict) },
		"W48 pending/quiet Wed 25 16:00-16:45 same_day until Tue 24 09:00"},
	{"a pause holds moves back", func(w *World) {
		w.Paused = oracleSpan("Tue 12:00-13:00").Start
		oracleBusy(w, calendar.Hard, oracleConflict)
	},
		"W48 pending/paused Wed 25 16:00-16:45 same_day until Tue 24 12:00"},
	{"a week of absence is waived", func(w *World) { oracleOnly(w); w.Theirs[0].Strength = calendar.Away }, "W48 waived/away waive"},
	{"a waiver waits out the evening", func(w *World) {
		oracleNow(w, "Mon 18:00")
		oracleOnly(w)
		w.Theirs[0].Strength = calendar.Away
	}, "W48 waived/away until Tue 24 09:00"},
	{"a legal counter-proposal is taken", func(w *World) { c := oracleSpan("Fri 11:00-11:30"); w.Instances[0].Counter = &c },
		"W48 held/counter move Fri 27 11:00-11:30 shorter"},
	{"a counter-proposal over hard time is not", func(w *World) {
		c := oracleSpan("Fri 11:00-11:30")
		w.Instances[0].Counter = &c
		oracleBusy(w, calendar.Hard, "Fri 11:15-12:00")
	}, "W48 held/held Wed 25 15:30-16:15 keep"},
	{"a skip cancels", func(w *World) { w.Skips = map[string]string{"2026-W48": "off-site"} }, "W48 waived/skipped waive"},
	{"a skip taken back restores the same time at no cost", func(w *World) { w.Instances[0].Absent, w.Instances[0].Moves = Skipped, 2 },
		"W48 held/restored restore Wed 25 15:30-16:15 keep"},
	{"a deletion is asked about", func(w *World) { w.Instances[0].Absent = Deleted }, "W48 unmet/deleted floor"},
	{"there is a series but no meeting", func(w *World) { w.Instances = nil }, "W48 unmet/no_instance floor"},
	{"what was never read moves nothing", func(w *World) { w.TheirSource = Never; oracleBusy(w, calendar.Hard, oracleConflict) },
		"W48 unmet/source_unknown floor"},
	{"a series that was declined is left alone", func(w *World) { w.SeriesDeclined = true }, "W48 unmet/series_declined floor"},
	{"a meeting that took place stays held", func(w *World) {
		oracleNow(w, "Thu 09:30")
		w.Instances[0].Outcome = WasHeld
		oracleBusy(w, calendar.Hard, oracleConflict)
	}, "W48 held/held Wed 25 15:30-16:15 keep"},
	{"a meeting that did not take place finds a later slot", func(w *World) { oracleNow(w, "Thu 09:30"); w.Instances[0].Outcome = WasNot },
		"W48 held/moved move Fri 27 15:30-16:15 same_period"},
	{"the first placement takes the preferred time", func(w *World) { w.Standing, w.Instances = nil, nil },
		"W48 held/placed place Wed 25 15:30-16:15 keep"},
	{"anonymous time over our own meeting is not a conflict", func(w *World) {
		w.Theirs = []calendar.Busy{{Span: oracleSpan("Wed 15:00-17:00"), Strength: calendar.Hard, Anonymous: true}}
	}, "W48 held/held Wed 25 15:30-16:15 keep"},
	{"a buffer keeps its distance", func(w *World) { w.Policy.Buffer = 10 * time.Minute; oracleBusy(w, calendar.Hard, "Wed 16:20-17:00") },
		"W48 held/moved move Wed 25 15:15-16:00 same_day"},
	{"two days are kept from the meeting before", func(w *World) {
		w.Policy.Horizon.Days = 8
		w.Instances[0].Slot, w.Instances[0].Pinned = oracleSpan("Sun 15:30-16:15"), true
		later := oracleSpan("1 Wed 15:30-16:15")
		w.Instances = append(w.Instances, Instance{Original: later.Start, Slot: later})
		oracleOnly(w, "Sun 15:30-16:15", "1 Mon 15:30-16:15", "1 Fri 15:30-16:15")
	}, "W49 held/moved move Fri 04 15:30-16:15 same_period"},
	{"two days are kept also from last week's meeting", oracleSunday, "W49 held/moved move Fri 04 15:30-16:15 same_period"},
	{"a declined meeting of last week keeps nothing away", func(w *World) { oracleSunday(w); w.Instances[0].Answer = No },
		"W49 held/moved move Mon 30 15:30-16:15 same_period"},
	{"a meeting dragged into the next week is in the way there", func(w *World) {
		w.Policy.Horizon.Days = 8
		w.Instances[0].Slot, w.Instances[0].Pinned = oracleSpan("1 Wed 16:00-16:45"), true
		later := oracleSpan("1 Wed 15:30-16:15")
		w.Instances = append(w.Instances, Instance{Original: later.Start, Slot: later})
	}, "W49 held/moved move Wed 02 15:15-16:00 same_day"},
	{"while the executive travels their hours are elsewhere", func(w *World) {
		w.Policy.Theirs.Travel = []Travel{{oracleDay(0), oracleDay(6), genLoad("Asia/Kolkata")}} // 04:30 to 12:30 in Berlin
	}, "W48 held/moved move Wed 25 11:45-12:30 same_day"},
	{"two zones: New York's morning bounds Berlin's afternoon", func(w *World) {
		w.Policy.Theirs.Zone = genLoad("America/New_York") // from 15:00 in Berlin
		w.Now = oracleSpan("Mon 16:00-17:00").Start
		oracleBusy(w, calendar.Hard, "Wed 15:30-16:15")
	}, "W48 held/moved move Wed 25 16:15-17:00 same_day"},
	{"between the two changes of clock New York is an hour nearer", func(w *World) {
		back := func(t time.Time) time.Time { return t.Add(-28 * 24 * time.Hour).Truncate(24 * time.Hour) }
		w.Policy.Theirs.Zone = genLoad("America/New_York") // from 14:00 in Berlin
		w.Now = back(w.Now).Add(15 * time.Hour)
		at := back(w.Instances[0].Original).Add(14*time.Hour + 30*time.Minute)
		w.Standing.First = calendar.Date{Year: 2026, Month: 10, Day: 28}
		w.Instances[0].Original, w.Instances[0].Slot = at, calendar.Span{Start: at, End: at.Add(45 * time.Minute)}
		w.Theirs = []calendar.Busy{{Span: w.Instances[0].Slot, Strength: calendar.Hard, UID: "board"}}
	}, "W44 held/moved move Wed 28 14:45-15:30 same_day"},
	{"a preferred time that the clock skips: the nearest that it shows", func(w *World) {
		w.Standing, w.Instances = nil, nil
		w.Policy.Cadence, w.Policy.Horizon = Cadence{Day, 1}, Horizon{Days: 1}
		w.Policy.Prefer = Prefer{Minute: oracleMinute("02:30")}
		w.Policy.Mine.Hours = oracleEvery("Sun", "01:00", "05:00")
		w.Policy.Theirs.Hours = w.Policy.Mine.Hours
		w.Now = time.Date(2026, 3, 28, 19, 0, 0, 0, time.UTC)
	}, "2026-03-29 held/placed place Sun 29 03:00-03:45 same_day"},
	{"of a time that occurs twice the first is taken", func(w *World) {
		w.Standing, w.Instances = nil, nil
		w.Policy.Cadence, w.Policy.Horizon = Cadence{Day, 1}, Horizon{Days: 1}
		w.Policy.Prefer = Prefer{Minute: oracleMinute("02:15")}
		w.Policy.Mine.Hours = oracleEvery("Sun", "01:00", "05:00")
		w.Policy.Theirs.Hours = w.Policy.Mine.Hours
		w.Now = time.Date(2026, 10, 24, 18, 0, 0, 0, time.UTC)
	}, "2026-10-25 held/placed place Sun 25 02:15-02:00 keep"},
	{"monthly on the last Wednesday", func(w *World) {
		w.Standing, w.Instances = nil, nil
		w.Policy.Cadence, w.Policy.Prefer.Nth, w.Policy.Horizon = Cadence{Month, 1}, -1, Horizon{Months: 1}
	}, "2026-12 held/placed place Wed 30 15:30-16:15 keep"},
	{"a block of two weeks is named by its first and prefers a day of it", func(w *World) {
		w.Policy.Cadence.Every, w.Policy.Horizon.Days = 2, 13
		w.Standing.First = oracleDay(-5) // the block before began a week ago
		oracleBusy(w, calendar.Hard, oracleConflict)
		w.Instances = []Instance{{Original: oracleSpan("1 Wed 15:30-16:15").Start, Slot: oracleSpan("1 Wed 15:30-16:15")}}
	}, "W49 held/held Wed 02 15:30-16:15 keep"},
}

func TestTheOracleReadsThePromise(t *testing.T) {
	for _, row := range oracleTable {
		t.Run(row.sentence, func(t *testing.T) {
			w := oracleWorld()
			row.world(&w)
			var all []string
			for _, v := range oracle(w) {
				all = append(all, v.brief(w.Policy.Mine.Zone))
			}
			if !slices.Contains(all, row.want) {
				t.Errorf("have %s\nwant %s", strings.Join(all, "\n     "), row.want)
			}
		})
	}
}

func TestAFirstWeekWithoutALegalSlotIsNotOwed(t *testing.T) {
	w := oracleWorld()
	w.Standing, w.Instances = nil, nil
	oracleNow(&w, "Fri 15:00") // two hours of freeze: too late for 17:00
	const want = "W49 held/placed place Wed 02 15:30-16:15 keep"
	if all := oracle(w); len(all) != 1 || all[0].brief(w.Policy.Mine.Zone) != want {
		t.Errorf("have %v\nwant %s", all, want)
	}
}

// brief is a verdict as the table writes it, in the owner's zone.
func (v verdict) brief(zone *time.Location) string {
	parts := []string{strings.TrimPrefix(v.Key, "2026-W4"), string(v.State) + "/" + v.Code}
	if parts[0] != v.Key {
		parts[0] = "W4" + parts[0]
	}
	if v.Action != None {
		parts = append(parts, string(v.Action))
	}
	if !v.Slot.IsZero() {
		parts = append(parts, v.Slot.Start.In(zone).Format("Mon 02 15:04")+"-"+v.Slot.End.In(zone).Format("15:04"))
	}
	if v.Rung != "" {
		parts = append(parts, string(v.Rung))
	}
	if !v.Until.IsZero() {
		parts = append(parts, "until "+v.Until.In(zone).Format("Mon 02 15:04"))
	}
	return strings.Join(parts, " ")
}

// TestWallClocksAreReadAsTheStandardSays searches all instants near a wall clock: RFC 5545 section 3.3.5 takes the first
// that shows it; where none does, the instant that the offset before the gap gives.
func TestWallClocksAreReadAsTheStandardSays(t *testing.T) {
	for _, name := range genZones {
		zone := genLoad(name)
		for _, monday := range genAnchors {
			for day := range 7 {
				d := monday.Add(day)
				for minute := 0; minute <= 1440; minute += 15 {
					if have, want := d.At(minute, zone), searched(d, minute, zone); !have.Equal(want) {
						t.Fatalf("%s %s minute %d: have %s, want %s", name, d, minute, have, want)
					}
				}
			}
		}
	}
}

func searched(d calendar.Date, minute int, zone *time.Location) time.Time {
	wall := time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, time.UTC)
	for at := wall.Add(-15 * time.Hour); at.Before(wall.Add(15 * time.Hour)); at = at.Add(15 * time.Minute) {
		if shows(at, zone).Equal(wall) {
			return at
		}
	}
	// A gap: the last instant that shows an earlier clock has the offset before it.
	before := wall.Add(-15 * time.Hour)
	for at := before; at.Before(wall.Add(15 * time.Hour)); at = at.Add(15 * time.Minute) {
		if shows(at, zone).Before(wall) {
			before = at
		}
	}
	return before.Add(wall.Sub(shows(before, zone)))
}

// shows is the wall clock of an instant, given as if it were UTC.
func shows(t time.Time, zone *time.Location) time.Time {
	l := t.In(zone)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), 0, time.UTC)
}
