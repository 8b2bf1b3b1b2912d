package google

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"net/http"
	"slices"

	"bilateral/calendar"
	"bilateral/calendar/ical"

	gcal "google.golang.org/api/calendar/v3"
)

const (
	largestPage = 2500 // that Google gives
	maxPages    = 2000 // more is a server that goes round in circles
)

// listing is an answer about the calendar, all its pages together.
type listing struct {
	whole bool // it names all there is
	items map[string]*entry
	title string // of the calendar
	role  string // that the account has in it
	zone  string
	token string
}

// follow brings the mirror up to date. After an error the mirror is what it was.
func (a *Account) follow(ctx context.Context) error {
	l, err := a.list(ctx, a.Token)
	if a.Token != "" && (outdated(err) || err == nil && l.title != "" && l.title != a.Title) {
		l, err = a.list(ctx, "")
	}
	if err != nil {
		return a.failed("read", a.wanted, err)
	}
	touched := a.take(l)
	a.rebuild(touched)
	a.Token, a.followed = l.token, true
	a.save = a.save || len(touched) > 0 || l.whole || a.Role != l.role || a.Zone != l.zone
	a.Title, a.Role, a.Zone = cmp.Or(l.title, a.Title), cmp.Or(l.role, a.Role), cmp.Or(l.zone, a.Zone)
	if l.whole {
		a.Around = around{} // it may be another account's
	}
	if err := a.settle(ctx); err != nil {
		return err
	}
	a.keep()
	return nil
}

// outdated reports whether Google wants the calendar to be read anew: 410, or 400 for a token that it never gave (another
// account's, for instance).
func outdated(err error) bool {
	return hasCode(err, http.StatusGone, http.StatusBadRequest)
}

// list reads all pages. The token of the last one stands for the moment at which the first was asked for, so that what
// changes while we read comes again next time; an event that is named twice counts as it was changed last.
func (a *Account) list(ctx context.Context, token string) (*listing, error) {
	l := &listing{whole: token == "", items: make(map[string]*entry)}
	page := ""
	for range maxPages {
		// Cancelled exceptions come without showDeleted as long as their series lives, and a sync token brings all deletions.
		call := a.service.Events.List(a.ID).MaxResults(a.page).Context(ctx)
		if token != "" {
			call.SyncToken(token)
		}
		if page != "" {
			call.PageToken(page)
		}
		answer, err := call.Do()
		if err != nil {
			return nil, err
		}
		l.add(answer.Items)
		l.title, l.role, l.zone = answer.Summary, answer.AccessRole, answer.TimeZone
		if answer.NextPageToken == "" {
			l.token = answer.NextSyncToken
			return l, nil
		}
		page = answer.NextPageToken
	}
	return nil, errEndless
}

var errEndless = errors.New("the list of events does not end")

func (l *listing) add(items []*gcal.Event) {
	for _, e := range items {
		if e == nil || e.Id == "" {
			continue
		}
		x := entryOf(e)
		if have := l.items[x.ID]; have == nil || x.newer(have) {
			l.items[x.ID] = x
		}
	}
}

// take puts a listing into the mirror and returns the series and single events that it touched.
func (a *Account) take(l *listing) map[string]bool {
	touched := make(map[string]bool)
	if a.Items == nil {
		a.Items, a.groups = make(map[string]*entry), make(map[string]map[string]bool)
	}
	if l.whole {
		for _, id := range slices.Collect(maps.Keys(a.Items)) {
			if l.items[id] == nil {
				a.drop(id, touched)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.items)) {
		a.put(l.items[id], touched)
	}
	return touched
}

// put takes one event over.
func (a *Account) put(x *entry, touched map[string]bool) {
	old := a.Items[x.ID]
	switch {
	case old != nil && (!x.newer(old) || x.ETag != "" && x.ETag == old.ETag && x.Cancelled == old.Cancelled):
		return // what we wrote ourselves comes back, or a page told of an older state
	case x.Cancelled && x.Series == "" && (old == nil || old.Series == ""):
		a.drop(x.ID, touched)
		return
	case x.Cancelled && x.Series == "": // an exception of which not even that is told
		x.Series, x.Original = old.Series, old.Original
	}
	if x.bare() && old != nil {
		x.fill(old)
	}
	if x.UID == "" && a.Items[x.Series] != nil {
		x.UID = a.Items[x.Series].UID
	}
	if old != nil && x.Series == "" && x.retimes(old) {
		a.doubt(x.ID)
	}
	a.Items[x.ID] = x
	a.join(x)
	touched[x.group()] = true
}

func (a *Account) doubt(id string) {
	if a.Doubted == nil {
		a.Doubted = make(map[string]bool)
	}
	a.Doubted[id] = true
}

// drop forgets an event, and the exceptions of a series with it: Google does not name them.
func (a *Account) drop(id string, touched map[string]bool) {
	x := a.Items[id]
	if x == nil {
		return
	}
	touched[x.group()] = true
	delete(a.Items, id)
	delete(a.groups[x.group()], id)
	if x.Series != "" {
		return
	}
	for member := range a.groups[id] {
		delete(a.Items, member)
	}
	delete(a.groups, id)
}

// group is the id under which all that belongs to one series is held.
func (x *entry) group() string {
	if x.Series != "" {
		return x.Series
	}
	return x.ID
}

func (a *Account) join(x *entry) {
	g := x.group()
	if a.groups[g] == nil {
		a.groups[g] = make(map[string]bool)
	}
	a.groups[g][x.ID] = true
}

func (a *Account) rebuildAll() {
	a.groups = make(map[string]map[string]bool)
	touched := make(map[string]bool)
	for _, x := range a.Items {
		a.join(x)
		touched[x.group()] = true
	}
	a.rebuild(touched)
}

// rebuild puts series before the reader as they now are.
func (a *Account) rebuild(touched map[string]bool) {
	for id := range touched {
		master, exceptions := a.Items[id], a.exceptions(id)
		if master == nil && !slices.ContainsFunc(exceptions, func(x *entry) bool { return !x.Cancelled }) {
			a.held.Drop(id)
			continue
		}
		if why := unreadable(master, exceptions); why != "" {
			a.held.Refuse(id, why)
			continue
		}
		a.held.Put(id, a.version(id), object(master, exceptions))
		a.know(master, exceptions)
	}
}

// know keeps what sort of event a series is, where the text cannot say so.
func (a *Account) know(master *entry, exceptions []*entry) {
	if a.kinds == nil {
		a.kinds = make(map[string]calendar.Kind)
	}
	for _, x := range append(exceptions, master) {
		if x != nil && x.Kind != 0 {
			a.kinds[ical.UIDOf(x.UID)] = x.Kind // an eventType never changes
		}
	}
}

func unreadable(master *entry, exceptions []*entry) string {
	for _, x := range append(slices.Clip(exceptions), master) {
		if x != nil && x.Why != "" {
			return x.Why
		}
	}
	return ""
}

// exceptions of a series, by id.
func (a *Account) exceptions(id string) []*entry {
	var out []*entry
	for _, member := range slices.Sorted(maps.Keys(a.groups[id])) {
		if member != id {
			out = append(out, a.Items[member])
		}
	}
	return out
}

// version names the state of a series: it changes with the master and with every exception.
func (a *Account) version(id string) string {
	sum := sha256.New()
	for _, x := range a.exceptions(id) {
		sum.Write([]byte(x.ID + "\x00" + x.ETag + "\x00" + x.Updated.String() + "\x00"))
		if x.Cancelled {
			sum.Write([]byte{1})
		}
	}
	version := hex.EncodeToString(sum.Sum(nil)[:8])
	if master := a.Items[id]; master != nil {
		return master.ETag + "#" + version
	}
	return "#" + version
}

// settle looks at the exceptions of series whose rule or start changed: those that the new rule does not have may be gone
// without a word.
func (a *Account) settle(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(a.Doubted)) {
		touched := map[string]bool{}
		for _, x := range a.exceptions(id) {
			if err := a.look(ctx, x.ID, touched); err != nil {
				return err
			}
		}
		a.rebuild(touched)
		delete(a.Doubted, id)
		a.save = true
	}
	return nil
}

// look reads one event again.
func (a *Account) look(ctx context.Context, id string, touched map[string]bool) error {
	e, err := a.service.Events.Get(a.ID, id).Context(ctx).Do()
	switch {
	case hasCode(err, http.StatusNotFound, http.StatusGone):
		a.drop(id, touched)
		return nil
	case err != nil:
		return a.failed("read", id, err)
	}
	a.put(entryOf(e), touched)
	return nil
}
