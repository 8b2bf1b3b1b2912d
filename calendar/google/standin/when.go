package standin

import (
	"time"

	"bilateral/calendar"
)

// when is an EventDateTime: an instant with the zone it was given in, or a date (as midnight UTC).
type when struct {
	at     time.Time
	zone   *time.Location
	allDay bool
}

// readWhen reads an EventDateTime of a request or of a body kept. Without offset or zone the calendar's zone counts.
func readWhen(name string, v any, home *time.Location) (when, *problem) {
	o, _ := v.(object)
	date, hasDate := o["date"].(string)
	clock, hasClock := o["dateTime"].(string)
	zone := home
	if z, ok := o["timeZone"].(string); ok {
		var err error
		if zone, err = time.LoadLocation(z); err != nil || z == "" || z == "Local" {
			return when{}, invalid(name, "Invalid time zone %q.", z)
		}
	}
	switch {
	case hasDate && hasClock:
		return when{}, invalid(name, "Invalid %s time: date and dateTime are both set.", name)
	case hasDate:
		at, err := time.Parse(time.DateOnly, date)
		if err != nil {
			return when{}, invalid(name, "Invalid %s date.", name)
		}
		return when{at: at, zone: home, allDay: true}, nil
	case !hasClock:
		return when{}, (&problem{Code: 400, Reason: "required", Message: "Missing " + name + " time."}).at(name)
	}
	if at, err := time.Parse(time.RFC3339, clock); err == nil {
		return when{at: at.UTC(), zone: zone}, nil
	}
	wall, err := time.Parse("2006-01-02T15:04:05", clock)
	if err != nil || o["timeZone"] == nil {
		return when{}, (&problem{Code: 400, Reason: "required", Message: "Missing time zone definition for " + name + " time."}).at(name)
	}
	return when{at: calendar.Resolve(wall, zone).UTC(), zone: zone}, nil
}

// kept is how a body keeps w.
func (w when) kept() object {
	if w.allDay {
		return object{"date": w.at.Format(time.DateOnly)}
	}
	return object{"dateTime": w.at.Format(time.RFC3339), "timeZone": w.zone.String()}
}

// instant is the moment at which w begins for a calendar in that zone.
func (w when) instant(home *time.Location) time.Time {
	if w.allDay {
		return calendar.Resolve(w.at, home)
	}
	return w.at
}

// suffix is what an instance's id says of its original start.
func (w when) suffix() string {
	if w.allDay {
		return w.at.Format("20060102")
	}
	return w.at.UTC().Format("20060102T150405Z")
}

func (w when) equal(o when) bool { return w.allDay == o.allDay && w.at.Equal(o.at) }

// shown is an EventDateTime as a reader in that zone gets it.
func shown(v any, reader *time.Location) any {
	o, ok := v.(object)
	if !ok || o["dateTime"] == nil {
		return v
	}
	at, err := time.Parse(time.RFC3339, o["dateTime"].(string))
	if err != nil {
		return v
	}
	c := clone(o)
	c["dateTime"] = at.In(reader).Format(time.RFC3339)
	return c
}
