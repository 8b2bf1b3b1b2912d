package caldav

import (
	"context"
	"net/url"
	"path"

	"bilateral/calendar"
)

// quiet reports whether neither the calendar nor the inbox changed, by one question to the home that holds both; asked
// each by itself they would be two. False where that is not known.
func (a *Account) quiet(ctx context.Context) (bool, error) {
	home := a.commonHome()
	if home == nil || a.futile > 1 {
		return false, nil
	}
	m, _, err := a.session.propfind(ctx, home, "1", ctagName, dav("sync-token"))
	if kindIs(err, calendar.Denied, calendar.Gone, calendar.Unsupported, calendar.BadData) {
		a.futile = 2
		return false, nil
	}
	if err != nil {
		return false, err
	}
	same := 0
	for _, r := range m.resources {
		for _, one := range []*replica{&a.Calendar, &a.Inbox} {
			if samePath(r.path, pathOf(one.URL)) && one.stands(r) {
				same++
			}
		}
	}
	if same == 2 {
		a.futile = 0
		return true, nil
	}
	a.futile++ // until the looks that follow find news
	return false, nil
}

// commonHome returns the address above both, or nil if there is nothing to gain.
func (a *Account) commonHome() *url.URL {
	if a.Inbox.URL == "" || !a.Calendar.settled() || !a.Inbox.settled() {
		return nil
	}
	at := a.Calendar.at()
	home := path.Dir(path.Clean(at.Path))
	if home == "/" || home != path.Dir(path.Clean(pathOf(a.Inbox.URL))) {
		return nil
	}
	return at.ResolveReference(&url.URL{Path: home + "/"})
}

// settled reports whether there is a state to compare with, and nothing left to ask for.
func (r *replica) settled() bool {
	if r.Token == "" && r.CTag == "" {
		return false
	}
	for _, it := range r.Items {
		if it.Poll {
			return false
		}
	}
	return true
}

// stands reports whether the collection is in the state that we hold. RFC 6578 section 4: the property is the token that a
// report would give now.
func (r *replica) stands(now *resource) bool {
	if r.Sync {
		return r.Token != "" && now.text(dav("sync-token")) == r.Token
	}
	tag := now.collectionTag()
	return tag != "" && tag == r.CTag
}
