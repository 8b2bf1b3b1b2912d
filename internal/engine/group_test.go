package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/memory"
)

// pair makes a bilateral with calendars of its own, on the host.
func (o *office) pair(name, host string) *Bilateral {
	b := o.bilateral(name)
	clock := func() time.Time { return o.now }
	b.Home = &Calendar{Name: name + "-mine", Type: "vdir", Account: memory.New(clock), Zone: o.zone, Host: host}
	hers := &Calendar{Name: name + "-hers", Type: "vdir", Account: memory.New(clock), Zone: zone(o.T, "America/New_York"), Host: host}
	b.Owner.Calendars, b.Executive.Calendars = []*Calendar{b.Home}, []*Calendar{hers}
	b.Executive.Email = name + "@example.org"
	b.Executive.Judge.Emails = []string{b.Executive.Email}
	return b
}

func TestBilateralsAreGroupedByTheCalendarsThatConnectThem(t *testing.T) {
	o := newOffice(t, "2026-11-23 08:00")
	a, b, c, d := o.pair("a", "x"), o.pair("b", ""), o.pair("c", "y"), o.pair("d", "y")
	d.Owner.Calendars = append(d.Owner.Calendars, a.Executive.Calendars[0])
	c.Executive.Calendars = b.Owner.Calendars
	o.Bilaterals = []*Bilateral{a, b, c, d}
	var got []string
	for _, g := range o.groups("") {
		var names []string
		for _, b := range g.members {
			names = append(names, b.Name)
		}
		got = append(got, fmt.Sprintf("%d%s%s", g.place, strings.Join(names, "+"), g.hosts))
	}
	if want := []string{"0a+d[x y]", "1b+c[y]"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if only := o.groups("d"); len(only) != 1 || !only[0].has("a") {
		t.Errorf("the group of one of them: %v", only)
	}
}

func TestAPassOfManyGroupsReportsInTheOrderOfTheConfig(t *testing.T) {
	o := newOffice(t, "2026-11-23 08:00")
	o.Bilaterals = nil
	var want []string
	for k := range 40 {
		b := o.pair(fmt.Sprintf("p%02d", k), "")
		b.Owner.Email = b.Name + "@owner.example.org" // each is somebody else's
		o.Bilaterals, want = append(o.Bilaterals, b), append(want, b.Name)
	}
	r := o.pass()
	for k, b := range r.Bilaterals {
		if b.Name != want[k] || len(b.Decisions) == 0 || b.Decisions[0].Slot.IsZero() {
			t.Fatalf("%d is %s, %v", k, b.Name, b.Decisions)
		}
	}
	if o.pass(); len(o.last.Bilaterals) != 40 || len(o.last.Bilaterals[7].Steps) != 0 {
		t.Errorf("a second pass does %v", o.last.Bilaterals[7].Steps)
	}
}

// Two bilaterals of one owner whose calendars know nothing of each other: the owner cannot be in both meetings.
func TestTheOwnersOtherMeetingsCountAcrossGroups(t *testing.T) {
	o := newOffice(t, "2026-10-19 13:30") // the end of summer time is near
	a, b := o.pair("a", ""), o.pair("b", "")
	o.Bilaterals = []*Bilateral{a, b}
	for range 12 {
		o.pass()
		o.now = o.now.Add(10 * time.Minute)
	}
	settled := o.pass()
	for _, x := range settled.Bilaterals[0].Stands {
		for _, y := range settled.Bilaterals[1].Stands {
			if x.Overlaps(y) && x.Start.Before(o.now.AddDate(0, 0, 13)) { // those further out wait
				t.Errorf("both stand at %s and %s", x.Start, y.Start)
			}
		}
	}
	for _, b := range settled.Bilaterals {
		if len(b.Steps) != 0 {
			t.Errorf("%s is still not at rest: %v", b.Name, b.Steps)
		}
	}
	if d := settled.Bilaterals[0].Decisions[1]; d.Moved {
		t.Errorf("the one that comes first gave way: %s", d.Sentence)
	}
}

// hanging is a calendar that, once it hangs, answers nothing before the caller gives up.
type hanging struct {
	calendar.Account
	hangs atomic.Bool
	asked atomic.Int32
}

func (h *hanging) Observe(ctx context.Context, q calendar.Query) (calendar.Observation, error) {
	h.asked.Add(1)
	if h.hangs.Load() {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		<-ctx.Done()
		return calendar.Observation{}, &calendar.Error{Kind: calendar.Unreachable, Op: "read", Target: "dav.example.org", Err: ctx.Err()}
	}
	return h.Account.Observe(ctx, q)
}

// counted runs the daemon for a while and returns how many passes each bilateral had, and how far apart at most.
func (o *office) counted(t *testing.T, wake chan struct{}, during func()) (passes map[string]int, widest map[string]time.Duration) {
	passes, widest = map[string]int{}, map[string]time.Duration{}
	last := map[string]time.Time{}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- o.Engine.Run(ctx, wake, func(r Report, _ error) {
			for _, b := range r.Bilaterals {
				if at, ok := last[b.Name]; ok {
					widest[b.Name] = max(widest[b.Name], time.Since(at))
				}
				passes[b.Name], last[b.Name] = passes[b.Name]+1, time.Now()
			}
		})
	}()
	during()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return passes, widest
}

func TestAServerThatHangsDelaysNobodyElse(t *testing.T) {
	o := newOffice(t, "2026-11-23 08:00")
	o.Bilaterals = nil
	var slow []*hanging
	for k := range 12 { // more than may pass at once on one host
		b := o.pair(fmt.Sprintf("slow%02d", k), "dav.example.org")
		h := &hanging{Account: b.Home.Account}
		b.Home.Account, b.Owner.Calendars[0].Account = h, h
		h.hangs.Store(true)
		slow = append(slow, h)
		o.Bilaterals = append(o.Bilaterals, b)
	}
	for k := range 8 {
		o.Bilaterals = append(o.Bilaterals, o.pair(fmt.Sprintf("well%02d", k), "other.example.org"))
	}
	for _, b := range o.Bilaterals {
		b.Owner.Email = b.Name + "@owner.example.org"
	}
	synctest.Test(t, func(t *testing.T) {
		o.now = time.Now().UTC()
		passes, widest := o.counted(t, nil, func() { time.Sleep(2 * time.Hour) })
		for _, b := range o.Bilaterals {
			if strings.HasPrefix(b.Name, "well") && (passes[b.Name] < 24 || widest[b.Name] > o.Interval+30*time.Second) {
				t.Errorf("%s had %d passes in two hours, up to %s apart", b.Name, passes[b.Name], widest[b.Name])
			}
		}
		if n := slow[0].asked.Load(); n > 8 {
			t.Errorf("a server that never answers was asked %d times in two hours", n)
		}
	})
	s, err := o.Status(time.Date(2000, 1, 1, 2, 0, 0, 0, time.UTC), 1)
	if err != nil || !slices.ContainsFunc(s.Problems, func(p Problem) bool { return p.Code == "account_circuit_open" }) {
		t.Errorf("status does not tell that calendars are left alone: %v %v", s.Problems, err)
	}
}

func TestACalendarThatComesBackIsUsedAgainAndAWakeTriesItAtOnce(t *testing.T) {
	for _, row := range []struct {
		name   string
		wake   bool
		within time.Duration
	}{
		{"by itself, within the hour", false, time.Hour},
		{"at once, when the owner asks", true, time.Second},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := newOffice(t, "2026-11-23 08:00")
			h := &hanging{Account: o.b.Home.Account}
			o.b.Home.Account = h
			synctest.Test(t, func(t *testing.T) {
				o.now = time.Now().UTC()
				wake := make(chan struct{}, 1)
				o.counted(t, wake, func() {
					time.Sleep(time.Minute)
					h.hangs.Store(true)
					time.Sleep(7 * 24 * time.Hour)
					if n := h.asked.Load(); n > 10+7*24*2 {
						t.Errorf("asked %d times in a week", n)
					}
					h.hangs.Store(false)
					if row.wake {
						wake <- struct{}{}
					}
					time.Sleep(row.within)
					synctest.Wait()
					states, err := o.Store.Calendars()
					if err != nil || len(states) == 0 {
						t.Fatal(err)
					}
					for _, c := range states {
						if !c.Reachable || c.Failures != 0 || !c.NextTry.IsZero() {
							t.Errorf("%+v", c)
						}
					}
				})
			})
		})
	}
}
