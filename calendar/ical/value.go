package ical

import (
	"bytes"
	"errors"
	"fmt"
	"time"
)

// form is how a DATE or DATE-TIME was written.
type form uint8

const (
	absent form = iota
	date
	floating
	utc
	zoned
)

const day = 86400 // seconds

// moment is a DATE or DATE-TIME value: what the wall clock reads, in seconds as if it were UTC, and whose clock it is.
type moment struct {
	wall int64
	form form
	tzid string // of a zoned one
}

func (m moment) date() int64 { return floorDiv(m.wall, day) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

var errTime = errors.New("is no date or time")

// parseMoment reads 20260105, 20260105T090000, the same with Z, and what the wild makes of it: missing seconds, ISO 8601's
// hyphens and colons, spaces. VALUE=DATE is believed only if no time follows.
func parseMoment(value []byte, tzid string) (moment, error) {
	v := bytes.TrimSpace(value)
	m := moment{form: floating, tzid: tzid}
	if tzid != "" {
		m.form = zoned
	}
	if n := len(v); n > 0 && (v[n-1] == 'Z' || v[n-1] == 'z') {
		v, m.form, m.tzid = v[:n-1], utc, ""
	}
	digits, hasTime, ok := bareDigits(v)
	if !ok {
		return moment{}, fmt.Errorf("%q %w", clip(value), errTime)
	}
	if !hasTime && m.form == utc { // a date has no zone: 20260105Z is somebody's accident, and nobody knows which
		return moment{}, fmt.Errorf("%q %w", clip(value), errTime)
	}
	if !hasTime {
		m.form, m.tzid = date, ""
	}
	if m.wall, ok = wallClock(digits); !ok {
		return moment{}, fmt.Errorf("%q %w", clip(value), errTime)
	}
	return m, nil
}

// bareDigits drops the separators of ISO 8601 and says whether a time of day follows the date.
func bareDigits(v []byte) (digits [14]byte, hasTime, ok bool) {
	n := 0
	for i, c := range v {
		switch {
		case c >= '0' && c <= '9':
			if n == len(digits) {
				return digits, hasTime, false
			}
			digits[n] = c
			n++
		case (c == 'T' || c == 't' || c == ' ') && n == 8 && !hasTime:
			hasTime = true
		case c == '-' && !hasTime && i > 0, c == ':' && hasTime:
		default:
			return digits, hasTime, false
		}
	}
	if n == 12 && hasTime { // seconds left out
		digits[12], digits[13] = '0', '0'
		return digits, true, true
	}
	if n == 8 && !hasTime {
		copy(digits[8:], "000000")
		return digits, false, true
	}
	return digits, hasTime, n == 14 && hasTime
}

func wallClock(d [14]byte) (int64, bool) {
	num := func(from, to int) (n int) {
		for _, c := range d[from:to] {
			n = n*10 + int(c-'0')
		}
		return n
	}
	y, mo, da, h, mi, s := num(0, 4), num(4, 6), num(6, 8), num(8, 10), num(10, 12), num(12, 14)
	if mo < 1 || mo > 12 || da < 1 || da > monthLength(y, mo) || h > 24 || mi > 59 || s > 60 || h == 24 && mi+s > 0 {
		return 0, false
	}
	return time.Date(y, time.Month(mo), da, h, mi, s, 0, time.UTC).Unix(), true
}

func monthLength(y, m int) int {
	switch m {
	case 2:
		return yearLength(y) - 337
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func yearLength(y int) int {
	if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		return 366
	}
	return 365
}

// extent is how long an event lasts: RFC 5545 section 3.3.6 has nominal days (a day of 23 hours is one) and exact seconds.
type extent struct{ days, seconds int64 }

const maxExtent = 400 * 366 * day // no event lasts longer; beyond it sums could overflow

// parseDuration reads RFC 5545 section 3.3.6: P1W, P1DT2H, PT15M, with a sign.
func parseDuration(value []byte) (extent, error) {
	v := bytes.ToUpper(bytes.TrimSpace(value))
	bad := fmt.Errorf("%q is no duration", clip(value))
	sign := int64(1)
	if len(v) > 0 && (v[0] == '-' || v[0] == '+') {
		if v[0] == '-' {
			sign = -1
		}
		v = v[1:]
	}
	if len(v) < 2 || v[0] != 'P' {
		return extent{}, bad
	}
	var e extent
	n, digits := int64(0), 0
	for _, c := range v[1:] {
		switch {
		case c >= '0' && c <= '9':
			n, digits = n*10+int64(c-'0'), digits+1
			if n > maxExtent {
				return extent{}, bad
			}
			continue
		case c == 'T' && digits == 0:
			continue
		case digits == 0 || !e.add(c, n) || e.days*day+e.seconds > maxExtent:
			return extent{}, bad
		}
		n, digits = 0, 0
	}
	if digits > 0 {
		return extent{}, bad
	}
	return extent{sign * e.days, sign * e.seconds}, nil
}

func (e *extent) add(unit byte, n int64) bool {
	switch unit {
	case 'W':
		e.days += 7 * n
	case 'D':
		e.days += n
	case 'H':
		e.seconds += 3600 * n
	case 'M':
		e.seconds += 60 * n
	case 'S':
		e.seconds += n
	default:
		return false
	}
	return true
}

// parseOffset reads RFC 5545 section 3.3.14: +0100, -053000; also +01:00. Seconds east of UTC.
func parseOffset(value []byte) (int, error) {
	v := bytes.ReplaceAll(bytes.TrimSpace(value), []byte(":"), nil)
	bad := fmt.Errorf("%q is no offset from UTC", clip(value))
	if len(v) != 5 && len(v) != 7 {
		return 0, bad
	}
	n := 0
	for _, c := range v[1:] {
		if c < '0' || c > '9' {
			return 0, bad
		}
		n = n*10 + int(c-'0')
	}
	if len(v) == 5 {
		n *= 100
	}
	s := n/10000*3600 + n/100%100*60 + n%100
	switch {
	case s >= day:
		return 0, bad
	case v[0] == '-':
		return -s, nil
	case v[0] == '+':
		return s, nil
	}
	return 0, bad
}

// clip keeps a hostile value from flooding an error message.
func clip(v []byte) []byte {
	const most = 60
	if len(v) > most {
		return append(bytes.Clone(v[:most]), "…"...)
	}
	return v
}
