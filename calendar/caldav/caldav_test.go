package caldav_test

import (
	"time"

	"bilateral/calendar/calendartest"
)

func clock() time.Time { return calendartest.Now }
