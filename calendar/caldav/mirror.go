package caldav

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"os"
	"path/filepath"
)

// mirrorHeader changes with what a mirror holds; one with another header is not read.
const mirrorHeader = "bilateral caldav mirror 1\n"

// mirror is what is kept on disk of a calendar, so that a restart costs no more than a pass.
type mirror struct {
	Place     place
	Person    person
	Abilities abilities
	Hours     hours
	Calendar  replica
	Inbox     replica
}

// mirrorName derives the file from what was configured; it tells nobody the address or the user.
func mirrorName(address, user, collection string) string {
	sum := sha256.Sum256([]byte(address + "\n" + user + "\n" + collection))
	return "caldav-" + hex.EncodeToString(sum[:12])
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
func (m *mirror) save(path string) error {
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
