// Package holiday knows public holidays by country and region code (ISO 3166-1 and -2), out of the lists of
// github.com/rickar/cal. It is pure and needs no network. Begin with [Days]; lists.go is the table of what is known.
package holiday

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"

	"bilateral/calendar"
)

// Day is one public holiday.
type Day struct {
	Date calendar.Date
	Name string // in the country's language; a substitute day says so
	Code string // as it was asked for
}

// IsFile reports whether an entry of a holidays setting names an .ics file rather than a country or region.
func IsFile(code string) bool { return strings.HasSuffix(strings.ToLower(code), ".ics") }

// Days returns the holidays from the first date to the last, both included, by date and then in the order of the codes.
// A day off in place of a holiday that falls on a weekend counts besides the holiday itself. The error names the first
// unknown code, and codes that may be meant.
func Days(codes []string, from, to calendar.Date) ([]Day, error) {
	var days []Day
	for _, code := range codes {
		list, _, err := find(code)
		if err != nil {
			return nil, err
		}
		// A substitute day may lie in another year than its holiday.
		for year := from.Year - 1; year <= to.Year+1; year++ {
			for _, h := range list {
				days = append(days, observe(*h, year, code)...)
			}
		}
	}
	days = slices.DeleteFunc(days, func(d Day) bool { return d.Date.Before(from) || to.Before(d.Date) })
	slices.SortStableFunc(days, func(a, b Day) int { return cmp.Compare(a.Date.Days(from), b.Date.Days(from)) })
	return slices.Compact(days), nil
}

// observe takes the holiday by value: some of the library's rules write into it, which would race in its shared list.
func observe(h cal.Holiday, year int, code string) []Day {
	actual, observed := h.Calc(year)
	if actual.IsZero() {
		return nil
	}
	days := []Day{{date(actual), h.Name, code}}
	if date(observed) != date(actual) {
		days = append(days, Day{date(observed), h.Name + " (observed)", code})
	}
	return days
}

// date reads the library's times, which are midnight or noon of the machine's zone. Where daylight saving time begins at
// midnight, that midnight may come out as 23:00 of the day before: hence the hours.
func date(t time.Time) calendar.Date {
	return calendar.DateOf(t.Add(6*time.Hour), t.Location())
}

// Events returns the days as all-day events of a person who lives in that zone.
func Events(days []Day, zone *time.Location) []calendar.Event {
	events := make([]calendar.Event, len(days))
	for i, d := range days {
		events[i] = calendar.Event{
			Span:   calendar.Span{Start: d.Date.At(0, zone), End: d.Date.Add(1).At(0, zone)}.UTC(),
			UID:    fmt.Sprintf("holiday-%s-%s", d.Code, d.Date),
			AllDay: true,
			Title:  d.Name,
			Kind:   calendar.Holiday,
		}
	}
	return events
}

// Check returns an error for people if no holidays are known for the code.
func Check(code string) error {
	_, _, err := find(code)
	return err
}

// Notice says in which way the holidays of a known code are not exactly those of the place; "" if they are.
func Notice(code string) string {
	_, notice, _ := find(code)
	return notice
}

// find returns the list of a code.
func find(code string) (list []*cal.Holiday, notice string, err error) {
	nation, region, hasRegion := strings.Cut(strings.ToUpper(code), "-")
	if list = regional[nation+"-"+region]; list != nil {
		return list, "", nil
	}
	known := slices.IndexFunc(countries, func(c country) bool { return c.code == nation })
	regions := regionsOf(nation)
	switch {
	case known < 0:
		return nil, "", fmt.Errorf("no holidays are known for %q; did you mean %s?", code, strings.Join(meant(code), " or "))
	case hasRegion && (len(regions) > 0 || !isRegion(region)):
		return nil, "", fmt.Errorf("no region %q is known; write %s", code, strings.Join(append([]string{nation}, regions...), ", "))
	case hasRegion:
		notice = fmt.Sprintf("the holidays of %s alone are not known: those of all of %s are used", strings.ToUpper(code), nation)
	case nation == "AU":
		notice = "only the holidays that all of Australia shares are used: name a state, such as AU-NSW"
	}
	return countries[known].days, notice, nil
}

// isRegion reports whether it looks like the second part of an ISO 3166-2 code.
func isRegion(s string) bool {
	letter := func(c rune) bool { return c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' }
	return len(s) >= 1 && len(s) <= 3 && !strings.ContainsFunc(s, func(c rune) bool { return !letter(c) })
}

// meant guesses codes: by the country's name, else those that differ in one letter.
func meant(code string) []string {
	asked := strings.ToUpper(code)
	if asked == "UK" || strings.HasPrefix(asked, "UK-") {
		return []string{"GB"}
	}
	var near []string
	for _, c := range countries {
		if len(asked) > 3 && strings.Contains(strings.ToUpper(c.name), asked) {
			return []string{c.code}
		}
		if short, _, _ := strings.Cut(asked, "-"); len(short) == 2 && (short[0] == c.code[0] || short[1] == c.code[1]) {
			near = append(near, c.code)
		}
	}
	if len(near) == 0 || len(near) > 6 {
		for _, c := range countries {
			near = append(near, c.code)
		}
		slices.Sort(near)
		return slices.Compact(near)
	}
	return near
}
