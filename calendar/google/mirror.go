package google

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"os"
	"path/filepath"
	"time"
)

// mirrorHeader changes with what a mirror holds; one with another header is not read.
const mirrorHeader = "bilateral google mirror 2\n"

// mirror is what is kept on disk of a calendar, so that a restart costs no more than a pass.
type mirror struct {
	ID      string // of the calendar: an address, or "primary"
	Title   string // of the calendar, which for a main one names the account
	Role    string // that the account has in it
	Zone    string // of the calendar
	Around  around
	Token   string // the sync token that Items stand for; "" before a first whole pass
	Items   map[string]*entry
	Doubted map[string]bool // series whose rule changed: their exceptions may be gone without a word
	Saved   time.Time
}

// mirrorName derives the file from what was configured; it tells nobody the address.
func mirrorName(endpoint, account, wanted string) string {
	sum := sha256.Sum256([]byte(endpoint + "\n" + account + "\n" + wanted))
	return "google-" + hex.EncodeToString(sum[:12])
}

// loadMirror reads a mirror. One that is missing, torn or of another version is no error: everything in it can be asked
// for again.
func loadMirror(path string) (mirror, bool) {
	var m mirror
	data, err := os.ReadFile(path)
	if err != nil {
		return m, false
	}
	rest, ok := bytes.CutPrefix(data, []byte(mirrorHeader))
	if !ok || len(rest) < sha256.Size || sha256.Sum256(rest[sha256.Size:]) != [sha256.Size]byte(rest[:sha256.Size]) {
		return m, false
	}
	if err := gob.NewDecoder(bytes.NewReader(rest[sha256.Size:])).Decode(&m); err != nil {
		return mirror{}, false
	}
	return m, true
}

// save writes the mirror, whole or not at all, for the user's eyes only.
func (m *mirror) store(path string) error {
	var content bytes.Buffer
	if err := gob.NewEncoder(&content).Encode(m); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp") // CreateTemp makes it 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename there is nothing left to remove
	defer f.Close()
	sum := sha256.Sum256(content.Bytes())
	for _, part := range [][]byte{[]byte(mirrorHeader), sum[:], content.Bytes()} {
		if _, err := f.Write(part); err != nil {
			return err
		}
	}
	// No sync to disk: a mirror torn by a loss of power is noticed by its checksum, and then made anew.
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// keepFor is how old the token on disk may grow while nothing changes: Google drops tokens after some weeks.
const keepFor = 24 * time.Hour

// open reads the mirror from disk, once.
func (a *Account) open() {
	if a.loaded {
		return
	}
	a.loaded = true
	if a.file == "" {
		return
	}
	if m, ok := loadMirror(a.file); ok {
		a.mirror = m
		a.rebuildAll()
	}
}

// keep saves the mirror if it changed. That it cannot be saved costs a slower restart, and nothing else.
func (a *Account) keep() {
	now := a.now()
	if a.file == "" || !a.save && now.Sub(a.Saved) < keepFor {
		return
	}
	a.Saved = now
	if err := a.mirror.store(a.file); err == nil {
		a.save = false
	}
}
