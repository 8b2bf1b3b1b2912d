package ical

import (
	"fmt"
	"strings"
	"time"
)

// zonesOf resolves the TZIDs of one object: IANA names, also behind a vendor's prefix (/freeassociation.sourceforge.net/
// Europe/Paris), and those whose VTIMEZONE names the place.
func zonesOf(cal *block) func(tzid string) (*time.Location, error) {
	places := map[string]string{}
	for _, vtz := range cal.children("VTIMEZONE") {
		places[vtz.value("TZID")] = vtz.value("X-LIC-LOCATION")
	}
	return func(tzid string) (*time.Location, error) {
		for _, name := range []string{tzid, places[tzid]} {
			if zone := namedZone(name); zone != nil {
				return zone, nil
			}
		}
		return nil, fmt.Errorf("its time zone %q is not known", tzid)
	}
}

func namedZone(name string) *time.Location {
	for {
		if zone, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
			return zone
		}
		slash := strings.IndexByte(name, '/')
		if slash < 0 {
			return nil
		}
		name = name[slash+1:]
	}
}
