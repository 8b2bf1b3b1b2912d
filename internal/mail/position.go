package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bilateral/calendar"

	"github.com/emersion/go-imap/v2"
)

const (
	// patience is how long an answer is handed over again: until then its reader has recorded it.
	patience = 24 * time.Hour
	// pace is how often a position is kept; of a day there are that many fewer.
	pace = time.Hour
)

// position is how far the mailbox was read.
type position struct {
	Validity uint32   // UIDVALIDITY
	Handed   []handed // oldest first
}

// handed says that at that moment every answer up to that mail had been handed over.
type handed struct {
	UID imap.UID
	At  time.Time
}

// done is the last mail that need not be read again.
func (p position) done(now time.Time) imap.UID {
	var done imap.UID
	for _, h := range p.Handed {
		if !h.At.After(now.Add(-patience)) {
			done = max(done, h.UID)
		}
	}
	return done
}

// hand notes that everything up to the mail is on its way, and keeps that where there is a file.
func (p *position) hand(uid imap.UID, now time.Time, file string) error {
	if n := len(p.Handed); n > 0 {
		last := p.Handed[n-1]
		if last.UID == uid || now.Before(last.At.Add(pace)) && !last.At.After(now) {
			return nil
		}
	}
	done := p.done(now)
	kept := []handed{}
	for _, h := range p.Handed {
		if h.UID >= done && !h.At.After(now) { // a moment to come is from a clock that was wrong
			kept = append(kept, h)
		}
	}
	p.Handed = append(kept, handed{uid, now.UTC()})
	if file == "" {
		return nil
	}
	return p.write(file)
}

// positionFile names the file by server and user, since the numbers of one mailbox mean nothing in another.
func positionFile(folder, server, user string) string {
	if folder == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(user + "@" + server))
	return filepath.Join(folder, "mail-"+hex.EncodeToString(sum[:8])+".json")
}

// readPosition returns the zero position where there is none, or none that can be understood: then sixty days are read.
func readPosition(file string) (position, error) {
	var p position
	if file == "" {
		return p, nil
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, failed(calendar.Unknown, "read", file, err)
	}
	if json.Unmarshal(data, &p) != nil {
		return position{}, nil
	}
	return p, nil
}

// write replaces the file at once and as a whole.
func (p position) write(file string) (err error) {
	defer func() {
		if err != nil {
			err = failed(calendar.Unknown, "write", file, err)
		}
	}()
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.tmp") // which makes it 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
