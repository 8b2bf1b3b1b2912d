package agenda

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	idLength = 4
	// Digits and consonants: no vowels, so no words; no 0, 1, l and y, which people misread.
	idLetters = "23456789bcdfghjkmnpqrstvwxz"
	idTries   = 10_000
)

// NewID draws an ID that is not taken from random (crypto/rand.Reader, or a seeded source in tests). It fails if random
// does, or if it finds no free ID.
func NewID(taken func(string) bool, random io.Reader) (string, error) {
	var drawn [idLength]byte
	for range idTries {
		if _, err := io.ReadFull(random, drawn[:]); err != nil {
			return "", fmt.Errorf("draw an id: %w", err)
		}
		id, ok := spell(drawn)
		if ok && ValidID(id) && !taken(id) {
			return id, nil
		}
	}
	return "", errors.New("no free id was found: close or export old follow-ups")
}

// spell refuses the bytes past the last whole multiple of the alphabet, so that all letters are equally likely.
func spell(drawn [idLength]byte) (string, bool) {
	var id [idLength]byte
	for i, b := range drawn {
		if int(b) >= 256/len(idLetters)*len(idLetters) {
			return "", false
		}
		id[i] = idLetters[int(b)%len(idLetters)]
	}
	return string(id[:]), true
}

// ValidID reports whether s is an ID: four characters, digits and consonants in lower case, at least one of each, so
// that neither #2027 nor #html at the end of somebody's line is taken for one.
func ValidID(s string) bool {
	if len(s) != idLength {
		return false
	}
	digits := 0
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c < 'a' || c > 'z' || strings.IndexByte("aeiou", c) >= 0:
			return false
		}
	}
	return digits > 0 && digits < idLength
}

// ParseID reads an ID as people type it: with or without #, in any case.
func ParseID(s string) (string, bool) {
	id := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "#"))
	return id, ValidID(id)
}
