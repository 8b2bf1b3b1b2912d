package ical

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// FileName is the name of the object that holds the series with that UID, in a folder or in a CalDAV collection: the same
// each time, so that a repeated create collides. A UID that is no file name (long, or with slashes) keeps what it can and
// gets a hash.
func FileName(uid string) string {
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.@+", r) {
			return r
		}
		return -1
	}, uid)
	plain = strings.TrimLeft(plain, ".")
	if plain == uid && len(uid) > 0 && len(uid) <= 128 {
		return uid + ".ics"
	}
	sum := sha256.Sum256([]byte(uid))
	return plain[:min(len(plain), 64)] + "-" + hex.EncodeToString(sum[:8]) + ".ics"
}
