package imip

import (
	"errors"
	"fmt"
	"io"
	"strings"

	message "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // calendar parts in whatever charset the guest's program writes
)

// What a mail with an answer may hold; more is no answer, and is not looked at.
const (
	maxHeader  = 256 << 10
	maxPart    = 1 << 20
	maxParts   = 100
	maxNesting = 10
)

// part is a calendar object in a mail.
type part struct {
	method string // of its Content-Type, upper case; "" where it names none
	text   []byte // decoded, UTF-8
}

// calendarParts finds the calendar objects of a mail, wherever they stand in it. A mail inside the mail is somebody else's
// and is left alone: an answer forwarded is no answer.
func calendarParts(e *message.Entity) ([]part, error) {
	w := walk{}
	err := w.entity(e, 0)
	return w.found, err
}

type walk struct {
	found []part
	seen  int
}

var errTooMuch = fmt.Errorf("the mail has more than %d parts, or %d one in another: the rest is not read", maxParts, maxNesting)

func (w *walk) entity(e *message.Entity, depth int) error {
	if w.seen++; w.seen > maxParts || depth > maxNesting {
		return errTooMuch
	}
	if parts := e.MultipartReader(); parts != nil {
		return w.children(parts, depth)
	}
	media, params, _ := e.Header.ContentType()
	if !isCalendar(media, params, e) {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(e.Body, maxPart+1))
	switch {
	case len(text) > maxPart:
		return fmt.Errorf("a calendar part of more than %d MiB is not read", maxPart>>20)
	case err != nil:
		return fmt.Errorf("a calendar part cannot be read: %w", err)
	}
	w.found = append(w.found, part{method: strings.ToUpper(strings.TrimSpace(params["method"])), text: text})
	return nil
}

func (w *walk) children(parts message.MultipartReader, depth int) error {
	var wrong []error
	for {
		child, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return errors.Join(wrong...)
		}
		if child == nil { // the mail is cut off, or was never one
			return errors.Join(append(wrong, fmt.Errorf("a part of the mail cannot be read: %w", err))...)
		}
		// An unknown charset is no reason to give up: what matters in an answer is ASCII.
		err = w.entity(child, depth+1)
		wrong = append(wrong, err)
		if errors.Is(err, errTooMuch) {
			return errors.Join(wrong...)
		}
	}
}

// isCalendar knows a calendar part by its type, or an attachment by its name.
func isCalendar(media string, params map[string]string, e *message.Entity) bool {
	switch media {
	case "text/calendar", "application/ics":
		return true
	case "application/octet-stream":
		_, disposition, _ := e.Header.ContentDisposition()
		return strings.HasSuffix(strings.ToLower(disposition["filename"]), ".ics") || strings.HasSuffix(strings.ToLower(params["name"]), ".ics")
	}
	return false
}
