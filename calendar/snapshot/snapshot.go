// Package snapshot keeps what an adapter knows of its server's calendar in a file, so that a restart costs no more than a pass.
// Everything in such a file can be asked for again: one that cannot be read is no error, and is made anew.
package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
)

// Name derives a file's name from what was configured; it tells nobody the address or the user.
func Name(kind string, configured ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(configured, "\n")))
	return kind + "-" + hex.EncodeToString(sum[:12])
}

// Load reads into m, a pointer, what Save wrote with the same header, and reports whether it could: not where the file is
// missing, torn or has another header. What m holds after a failure is not to be used.
func Load(path, header string, m any) bool {
	data, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	rest, ok := bytes.CutPrefix(data, []byte(header))
	if !ok || len(rest) < sha256.Size || sha256.Sum256(rest[sha256.Size:]) != [sha256.Size]byte(rest[:sha256.Size]) {
		return false
	}
	return gob.NewDecoder(bytes.NewReader(rest[sha256.Size:])).Decode(m) == nil
}

// Save writes m, whole or not at all, for the user's eyes only. The header has to change with what m can hold.
func Save(path, header string, m any) error {
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
	for _, part := range [][]byte{[]byte(header), sum[:], content.Bytes()} {
		if _, err := f.Write(part); err != nil {
			return err
		}
	}
	// No sync to disk: a file torn by a loss of power is noticed by its checksum.
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
