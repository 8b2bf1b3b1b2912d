package google

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"bilateral/calendar"
)

// TestWhatAShortenedSeriesLeavesBehind: a series is ended, and a server may keep an exception beyond its end. It is
// cancelled: it would be a second meeting beside those of the series that goes on.
func TestWhatAShortenedSeriesLeavesBehind(t *testing.T) {
	w := newWorld(t)
	client := w.Client(alice)
	base := client.Transport
	var kept map[string]any // the exception, from when the series ends
	ended := false
	client.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
		mine := strings.HasSuffix(r.URL.Path, sureID("", fourth)) && ended
		switch {
		case mine && r.Method == http.MethodPatch:
			change := map[string]any{}
			if err := json.Unmarshal(sure(io.ReadAll(r.Body)), &change); err != nil {
				t.Error(err)
			}
			kept["status"] = change["status"]
			fallthrough
		case mine:
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: readCloser(string(sure(json.Marshal(kept)))), Request: r}, nil
		}
		return base.RoundTrip(r)
	})
	a := w.account(Options{Client: client})
	s := w.create(a)
	w.apply(a, change(s, move(fourth, fourth.Add(time.Hour))))
	kept = w.As(alice).Event(sureID(s.Name, fourth))
	kept["updated"] = "2027-01-01T00:00:00Z" // so that no list outdates it
	c := change(w.series(a))
	c.Series = &calendar.Patch{Rule: new("FREQ=WEEKLY;BYDAY=WE;UNTIL=20261028T143000Z")}
	ended = true
	w.apply(a, c)
	if kept["status"] != "cancelled" {
		t.Errorf("it is %v", kept["status"])
	}
}

func TestASplitByHandIsTwoSeries(t *testing.T) {
	w := newWorld(t)
	a := w.account(Options{})
	s := w.create(a)
	w.apply(a, change(s, move(second, second.Add(time.Hour)), move(fourth, fourth.Add(time.Hour))))
	if _, err := w.As(alice).Split(s.Name, third, third.Add(2*time.Hour), third.Add(3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range w.observe(a).Series {
		for _, in := range s.Instances {
			if !in.Cancelled {
				got = append(got, s.Mark["id"]+in.Start.In(berlin).Format(" 2 Jan 15:04"))
			}
		}
	}
	want := "[dana 14 Oct 15:30 dana 21 Oct 16:30 dana 28 Oct 17:30 dana 4 Nov 17:30 dana 11 Nov 17:30 dana 18 Nov 17:30 dana 25 Nov 17:30]"
	if fmt.Sprint(got) != want {
		t.Errorf("got %v", got)
	}
}
