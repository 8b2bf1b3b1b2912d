package ical

import (
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"bilateral/calendar"
)

// markProperty is the property of the key "id"; every other key stands behind it: X-BILATERAL-MOVES.
const markProperty = "X-BILATERAL"

const markID = "id"

// encodedMark begins a value that is not plain. Servers cut X- values at a comma, unescape them, trim them, or fold them
// inside a character; tokens and base64 survive all of them.
const encodedMark = "b64."

var (
	plainMark    = regexp.MustCompile(`^[A-Za-z0-9:._/+@=-]{1,200}$`)
	validMarkKey = regexp.MustCompile(`^[a-z0-9-]+$`)
)

// markName returns the property that keeps a key of a [calendar.Mark].
func markName(key string) (string, error) {
	if !validMarkKey.MatchString(key) {
		return "", fmt.Errorf("mark key %q: only lower-case letters, digits and hyphens can be kept", key)
	}
	if key == markID {
		return markProperty, nil
	}
	return markProperty + "-" + strings.ToUpper(key), nil
}

// markKey is the inverse of markName, for property names in any case; false for a property that is not ours.
func markKey(property string) (string, bool) {
	name := strings.ToUpper(property)
	if name == markProperty {
		return markID, true
	}
	key, ours := strings.CutPrefix(name, markProperty+"-")
	key = strings.ToLower(key)
	// X-BILATERAL-ID is nothing that markName writes: it must not shadow the id.
	return key, ours && key != markID && validMarkKey.MatchString(key)
}

func isMark(property string) bool {
	_, ours := markKey(property)
	return ours
}

// encodeMark returns the property value that keeps a mark's value.
func encodeMark(value string) string {
	value = strings.ToValidUTF8(value, string(utf8.RuneError))
	if plainMark.MatchString(value) && !strings.HasPrefix(value, encodedMark) {
		return value
	}
	return encodedMark + base64.RawURLEncoding.EncodeToString([]byte(value))
}

// decodeMark is the inverse of encodeMark. A value that is not one of ours, for instance edited by hand, is returned as it
// is.
func decodeMark(raw string) string {
	raw = strings.TrimSpace(raw)
	encoded, ok := strings.CutPrefix(raw, encodedMark)
	if !ok {
		return raw
	}
	value, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil || !utf8.Valid(value) {
		return raw
	}
	return string(value)
}

// setMarks sets the keys of a mark, in their order; an empty value removes its property.
func setMarks(b *block, m calendar.Mark) error {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		name, err := markName(key)
		switch {
		case err != nil:
			return err
		case m[key] == "":
			b.remove(name)
		default:
			b.set(property{name: name, value: encodeMark(m[key])})
		}
	}
	return nil
}
