// Package memory is a calendar in memory, for simulations and tests: the objects are iCalendar text, read and written by
// the same code as files and CalDAV resources. Its plain methods play the server and the other people. Begin with [New]; the
// program itself never uses it.
package memory

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"bilateral/calendar"
	"bilateral/calendar/ical"
)

// The moments at which a fault can be put in; see [Account.Fail].
const (
	Observing = "observe"
	Asking    = "free/busy"
	Probing   = "about"
	Writing   = "write" // before a change takes effect
	Wrote     = "wrote" // after it did
)

// Account is a calendar in memory. All methods may be called from several goroutines.
type Account struct {
	mu      sync.Mutex
	now     func() time.Time
	objects map[string][]byte
	held    ical.Collection
	edits   int // versions are numbers, so that the same text put back is another version
	writes  int
	fail    func(op string) error
	shared  map[string]*Account
}

// New returns an empty calendar. The clock dates what Apply writes.
func New(now func() time.Time) *Account {
	return &Account{now: now, objects: make(map[string][]byte), shared: make(map[string]*Account)}
}

// Put sets the object called name, as another program would.
func (a *Account) Put(name string, data []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.put(name, data)
}

func (a *Account) put(name string, data []byte) string {
	a.edits++
	version := strconv.Itoa(a.edits)
	a.objects[name] = slices.Clone(data)
	a.held.Put(name, version, a.objects[name])
	return version
}

// Delete removes the object called name.
func (a *Account) Delete(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.objects, name)
	a.held.Drop(name)
}

// Bytes returns the object called name, or nil.
func (a *Account) Bytes(name string) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.objects[name])
}

// Names returns the names of all objects, in order.
func (a *Account) Names() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.held.Names()
}

// Writes counts the changes that Apply made, also those it then reported as failed.
func (a *Account) Writes() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.writes
}

// Fail makes each call ask for a fault at the moments above; what the function returns is the call's error. At Wrote the
// change has been made and only its answer is lost.
func (a *Account) Fail(fault func(op string) error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fail = fault
}

func (a *Account) fault(op string) error {
	if a.fail == nil {
		return nil
	}
	return a.fail(op)
}

// Share lets FreeBusy answer for a person from their calendar.
func (a *Account) Share(email string, of *Account) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.shared[email] = of
}

// Observe implements [calendar.Account].
func (a *Account) Observe(ctx context.Context, q calendar.Query) (calendar.Observation, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.enter(ctx, Observing); err != nil {
		return calendar.Observation{}, err
	}
	return a.held.Observe(q), nil
}

// enter is where a call fails that is too late or is to fail.
func (a *Account) enter(ctx context.Context, op string) error {
	if err := ctx.Err(); err != nil {
		return &calendar.Error{Kind: calendar.Unreachable, Op: op, Target: "memory", Err: err}
	}
	return a.fault(op)
}

// About implements [calendar.Account].
func (a *Account) About(ctx context.Context) (calendar.About, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.enter(ctx, Probing); err != nil {
		return calendar.About{}, err
	}
	return calendar.About{Name: "memory", Write: true, FreeBusy: len(a.shared) > 0, Sync: "versions"}, nil
}

// FreeBusy answers as a server does: spans without UID or title, what is free left out.
func (a *Account) FreeBusy(ctx context.Context, email string, window calendar.Span) ([]calendar.Event, error) {
	a.mu.Lock()
	of, err := a.shared[email], a.enter(ctx, Asking)
	a.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if of == nil {
		return nil, &calendar.Error{Kind: calendar.Denied, Op: "ask free/busy", Target: email}
	}
	of.mu.Lock()
	defer of.mu.Unlock()
	var busy []calendar.Event
	for _, e := range of.held.Observe(calendar.Query{Window: window, Zone: time.UTC}).Events {
		if answer, invited := calendar.Attends(e.Attendees, email); e.Transparent || e.Cancelled || invited && answer.Status == calendar.Declined {
			continue
		}
		busy = append(busy, calendar.Event{Span: e.Span, Kind: e.Kind, Tentative: e.Tentative, Anonymous: true})
	}
	return busy, nil
}

// Apply implements [calendar.Account].
func (a *Account) Apply(ctx context.Context, c calendar.Change) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.enter(ctx, Writing); err != nil {
		return "", err
	}
	name, data, err := a.changed(c)
	if err != nil {
		return "", err
	}
	if c.Remove {
		delete(a.objects, name)
		a.held.Drop(name)
		a.writes++
		return "", a.fault(Wrote)
	}
	version := a.put(name, data)
	a.writes++
	return version, a.fault(Wrote)
}

func (a *Account) changed(c calendar.Change) (string, []byte, error) {
	if c.Create != nil {
		name := c.UID + ".ics"
		if other, taken := a.held.Find(c.UID); taken || a.objects[name] != nil {
			return "", nil, refusal(calendar.Exists, c, fmt.Errorf("the UID stands in %q", other))
		}
		if c.Create.Like != "" {
			data, err := ical.NewLike(c, a.objects[c.Create.Like], a.now())
			return name, data, err
		}
		data, err := ical.New(c, a.now())
		return name, data, err
	}
	old, there := a.objects[c.Name]
	if !there {
		return "", nil, refusal(calendar.Gone, c, nil)
	}
	if version, _ := a.held.Version(c.Name); version != c.Version {
		return "", nil, refusal(calendar.Conflict, c, nil)
	}
	if c.Remove {
		return c.Name, nil, nil
	}
	data, err := ical.Patched(old, c, a.now())
	return c.Name, data, err
}

func refusal(kind calendar.ErrorKind, c calendar.Change, err error) error {
	return &calendar.Error{Kind: kind, Op: "write", Target: c.UID, Err: err}
}
