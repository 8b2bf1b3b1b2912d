package sim

import (
	"os"
	"strconv"
	"testing"
)

// storms are seeds of months in which the state was lost beside a client that dropped our marks, or beside a clock that was
// set back, and in which something once went wrong.
var storms = []uint64{14, 7, 9, 23, 19}

// TestStorms lives months of all adversity at once (-short: the first two), each from one seed. STORM_SEED=n lives that one alone.
func TestStorms(t *testing.T) {
	seeds := storms
	if testing.Short() {
		seeds = seeds[:2]
	}
	if text := os.Getenv("STORM_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seeds = []uint64{n}
	}
	m := NewMachine()
	for _, seed := range seeds {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			counts, err := m.Storm(t.Context(), t.TempDir(), seed, 30)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(counts)
		})
	}
}
