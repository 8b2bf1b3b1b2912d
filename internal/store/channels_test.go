package store

import (
	"reflect"
	"testing"
	"time"
)

func TestChannelsRememberWhatTheyTold(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir)
	zone, err := time.LoadLocation("America/New_York")
	ok(t, err)
	told := Channel{Name: "mail", Error: "refused", Failing: monday, Notices: []Notice{
		{Code: "period_unmet", Bilateral: "dana", Period: "2026-W49", Severity: "critical", Message: "no slot", Do: "ask", Since: monday, Gone: monday.Add(time.Hour)},
		{Code: "calendar_unreadable", Severity: "warning", Since: time.Date(2026, 11, 1, 1, 30, 0, 0, zone).UTC()},
	}}
	ok(t, s.SetChannel(told))
	ok(t, s.SetChannel(Channel{Name: "webhook", Error: "gone"}))
	again := opened(t, dir)
	if got := must[Channel](t)(again.Channel("mail")); !reflect.DeepEqual(got, told) {
		t.Errorf("after a restart: %+v", got)
	}
	if got := must[Channel](t)(again.Channel("calendar")); !reflect.DeepEqual(got, Channel{Name: "calendar"}) {
		t.Errorf("a channel that told nothing: %+v", got)
	}
	ok(t, again.KeepChannels("webhook"))
	if list := must[[]Channel](t)(s.Channels()); len(list) != 1 || list[0].Name != "webhook" {
		t.Errorf("after mail was taken out of the config: %+v", list)
	}
}
