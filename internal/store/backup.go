package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// The export is JSON Lines: a header, then every follow-up (private ones too), then their history, then the meetings
// that were counted as carry-overs, so that a restored database does not count them again; then what was decided, done
// and held.
const (
	exportType    = "bilateral export"
	exportVersion = 1
	longestLine   = 1 << 20 // bytes
)

// line is one line of an export: the header has Type and Version, any other line one of the rest.
type line struct {
	Type    string   `json:"type,omitempty"`
	Version int      `json:"version,omitempty"`
	Item    *record  `json:"item,omitempty"`
	Event   *Event   `json:"event,omitempty"`
	Meeting *meeting `json:"meeting,omitempty"`

	Decision  *decision     `json:"decision,omitempty"`
	Action    *Action       `json:"action,omitempty"`
	Outcome   *outcome      `json:"outcome,omitempty"`
	Confirmed *confirmation `json:"confirmed,omitempty"`
}

type meeting struct {
	Bilateral string    `json:"bilateral"`
	Original  time.Time `json:"original"`
	At        time.Time `json:"at"`
}

func scanMeeting(r row) (m meeting, err error) {
	err = r.Scan(&m.Bilateral, (*instant)(&m.Original), (*instant)(&m.At))
	return m, err
}

// Export writes all follow-ups and all history, as they are at one moment, as JSON Lines. Equal databases give equal
// bytes.
func (s *Store) Export(w io.Writer) error {
	const doing = "export the follow-ups and the history"
	// Read-only, so that it does not wait for a writer, and yet one transaction: no event without its item.
	tx, err := s.db.BeginTx(context.Background(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return s.said(doing, err)
	}
	defer tx.Rollback()
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return s.said(doing, errors.Join(
		enc.Encode(line{Type: exportType, Version: exportVersion}),
		each(tx, scanRecord, selectItems+" ORDER BY created, id", func(r record) error { return enc.Encode(line{Item: &r}) }),
		each(tx, scanEvent, selectEvents+" ORDER BY at, item, n", func(e Event) error { return enc.Encode(line{Event: &e}) }),
		each(tx, scanMeeting, "SELECT bilateral, original, at FROM carried ORDER BY bilateral, original",
			func(m meeting) error { return enc.Encode(line{Meeting: &m}) }),
		exportHistory(tx, enc),
		out.Flush()))
}

// Imported counts the follow-ups of an import.
type Imported struct {
	Added   int
	Updated int // the file's was newer
	Kept    int // ours was as new or newer
}

// Import merges an export into the database: follow-ups that are not here are added, of one that is the newer wins, and
// history is united. Importing a file twice changes nothing the second time. A line that does not hold is reported by its
// number, and then nothing of the file is taken in.
func (s *Store) Import(r io.Reader) (Imported, error) {
	var done Imported
	err := s.change("import (nothing was taken in)", func(tx *sql.Tx) error {
		done = Imported{}
		return eachLine(r, func(n int, l line) error { return done.take(tx, n, l) })
	})
	if err != nil {
		return Imported{}, err
	}
	return done, nil
}

// eachLine hands every line to f, but for blank ones after the header, and puts its number before an error.
func eachLine(r io.Reader, f func(n int, l line) error) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, longestLine)
	n := 0
	for scanner.Scan() {
		n++
		if n > 1 && len(bytes.TrimSpace(scanner.Bytes())) == 0 {
			continue
		}
		l, err := parseLine(scanner.Bytes())
		if err == nil {
			err = f(n, l)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	if n == 0 {
		return errors.New("the file is empty; an export begins with a header line")
	}
	return nil
}

func parseLine(text []byte) (l line, err error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields() // what we do not understand would be lost
	if err := dec.Decode(&l); err != nil {
		return l, fmt.Errorf("this is no line of an export: %w", err)
	}
	if dec.More() {
		return l, errors.New("there is more than one JSON value on the line")
	}
	return l, nil
}

func (done *Imported) take(tx *sql.Tx, n int, l line) error {
	switch {
	case n == 1:
		return l.checkHeader()
	case l.Item != nil:
		return done.takeItem(tx, *l.Item)
	case l.Event != nil:
		return takeEvent(tx, *l.Event)
	case l.Meeting != nil:
		return takeMeeting(tx, *l.Meeting)
	case l.Decision != nil:
		return takeDecision(tx, *l.Decision)
	case l.Action != nil:
		return takeAction(tx, *l.Action)
	case l.Outcome != nil:
		return takeOutcome(tx, *l.Outcome)
	case l.Confirmed != nil:
		return takeConfirmation(tx, *l.Confirmed)
	}
	return errors.New("it is neither a follow-up nor a piece of history")
}

func (l line) checkHeader() error {
	switch {
	case l.Type != exportType:
		return fmt.Errorf("an export begins with {\"type\":%q,…}; is this the right file?", exportType)
	case l.Version != exportVersion:
		return fmt.Errorf("the export has version %d, this program reads version %d; use the program that made it", l.Version, exportVersion)
	}
	return nil
}

func (done *Imported) takeItem(tx *sql.Tx, r record) error {
	if err := r.check(); err != nil {
		return err
	}
	r = recordOf(r.item(), r.Private, r.Updated) // fractions of seconds cut off
	have, known, err := first(tx, scanRecord, selectItems+" WHERE id = ?", r.ID)
	switch {
	case err != nil:
		return err
	case !known:
		done.Added++
		return insert(tx, r)
	case have.Private != r.Private:
		return fmt.Errorf("follow-up #%s is private on one side and public on the other; give it the same \"private\" in the file", r.ID)
	case !r.Updated.After(have.Updated):
		done.Kept++
		return nil
	}
	done.Updated++
	return replace(tx, r)
}

func takeEvent(tx *sql.Tx, e Event) error {
	if err := checkInstant(e.At); err != nil {
		return err
	}
	if _, known, err := first(tx, scanRecord, selectItems+" WHERE id = ?", e.Item); err != nil || !known {
		return errors.Join(err, fmt.Errorf("an event of follow-up #%s, which is neither here nor earlier in the file", e.Item))
	}
	const same = "item = ? AND at = ? AND who = ? AND what = ? AND note = ?"
	_, known, err := first(tx, scanEvent, selectEvents+" WHERE "+same, e.Item, instant(e.At), e.Who, e.What, e.Note)
	if err != nil || known {
		return err
	}
	return note(tx, e)
}

func takeMeeting(tx *sql.Tx, m meeting) error {
	if err := errors.Join(checkInstant(m.Original), checkInstant(m.At)); err != nil {
		return err
	}
	_, err := tx.Exec("INSERT OR IGNORE INTO carried (bilateral, original, at) VALUES (?, ?, ?)",
		m.Bilateral, instant(m.Original), instant(m.At))
	return err
}
