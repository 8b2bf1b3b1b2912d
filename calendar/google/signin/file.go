package signin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// kept is a sign-in as it stands in its file.
type kept struct {
	Account  string    `json:"account"`   // the Google account's address; "": not known
	Client   string    `json:"client_id"` // the OAuth client that it was made with, and works with alone
	Refresh  string    `json:"refresh_token"`
	Access   string    `json:"access_token,omitempty"`
	Expiry   time.Time `json:"expiry,omitzero"` // of Access
	Scopes   []string  `json:"scopes"`          // that were granted
	Obtained time.Time `json:"obtained"`        // when the person signed in
	Ends     time.Time `json:"ends,omitzero"`   // of Refresh, where Google tells
	Refused  time.Time `json:"refused,omitzero"`
	Seed     string    `json:"seed,omitempty"` // which sign-in from elsewhere this one was renewed from
}

// FileName is the name, in the state folder, of the file that keeps a calendar's sign-in.
func FileName(calendar string) string { return "google-" + url.PathEscape(calendar) + ".json" }

// leeway is how long an access token must still be good for to be used: a request takes a while.
const leeway = time.Minute

func (k *kept) usable(now time.Time, refused string) bool {
	return k.Access != "" && k.Access != refused && k.Expiry.Sub(now) > leeway
}

// seed names a sign-in without telling it.
func (k *kept) seed() string {
	sum := sha256.Sum256([]byte(k.Refresh))
	return hex.EncodeToString(sum[:8])
}

var errTorn = errors.New("it is damaged")

func parse(text []byte) (kept, error) {
	var k kept
	if json.Unmarshal(text, &k) != nil || k.Refresh == "" {
		return kept{}, errTorn
	}
	return k, nil
}

var errExposed = errors.New("others can read it")

// read reads a sign-in that only its owner can reach.
func read(path string) (kept, error) {
	info, err := os.Stat(path)
	if err != nil {
		return kept{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return kept{}, errExposed
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return kept{}, err
	}
	return parse(text)
}

// write replaces the file, whole or not at all: a crash before the rename leaves the sign-in that was there, and one after
// it the new one, which is on the disk by then. The lock is held, so that the new file may have one name, under which what
// a crash left is not left for good.
func (k *kept) write(path string) error {
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	os.Remove(path + ".tmp")
	f, err := os.OpenFile(path+".tmp", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the rename there is nothing left to remove
	_, err = f.Write(append(text, '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// lockAgain is how often a lock that another process holds is tried.
const lockAgain = 50 * time.Millisecond

// lock is held by one process at a time; it waits no longer than ctx. The lock has a file of its own, since the sign-in's
// is replaced. The kernel takes it back when the process ends, however it ends.
func lock(ctx context.Context, path string) (unlock func() error, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f.Close, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return nil, errors.Join(err, f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), f.Close())
		case <-time.After(lockAgain):
		}
	}
}

// unread turns what is wrong with the file into a fault.
func (o *Options) unread(err error) *Error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return o.fault(Absent, "", nil)
	case errors.Is(err, errTorn):
		return o.fault(Absent, ": what is kept of it in "+o.TokenFile+" is damaged", nil)
	case errors.Is(err, errExposed):
		return o.fault(Exposed, o.TokenFile, nil)
	}
	return o.fault(Unkept, o.TokenFile, err)
}
