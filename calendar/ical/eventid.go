package ical

import (
	"encoding/base32"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Google makes the iCalendar UID of an event out of the event's own id, and shows only that one to guests and in feeds. So
// the id of an event of ours holds its UID, and whoever reads a copy of it anywhere reads the UID that it was made with.
const (
	eventIDPrefix = "bilateral"
	googleDomain  = "@google.com"
	maxEventID    = 1024
)

// base32hex in lower case is the alphabet that Google allows in ids.
var eventID = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// EventID is the Google event id that holds a UID; "" for a UID that is too long for one.
func EventID(uid string) string {
	id := eventIDPrefix + eventID.EncodeToString([]byte(uid))
	if uid == "" || len(id) > maxEventID {
		return ""
	}
	return id
}

// UIDOf undoes what Google makes of [EventID]; any other UID is returned as it is.
func UIDOf(icalUID string) string {
	id, google := strings.CutSuffix(icalUID, googleDomain)
	coded, ours := strings.CutPrefix(id, eventIDPrefix)
	if !google || !ours {
		return icalUID
	}
	raw, err := eventID.DecodeString(coded)
	uid := string(raw)
	if err != nil || !utf8.Valid(raw) || strings.ContainsFunc(uid, unicode.IsControl) || EventID(uid) != id {
		return icalUID
	}
	return uid
}
