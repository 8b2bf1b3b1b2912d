package sim

import (
	"os"
	"strconv"
	"sync"
	"testing"
)

// storms are the seeds of three months that hold every adversity together: all go over the end of summer time or its
// beginning or have two executives, and one has mails.
var storms = []uint64{10, 39, 41}

// besides the gales, these must have happened.
var besides = []string{"crashes", "changes of the clock", "slots slept over"}

// TestStorms lives months of all adversity at once (-short: the first two), each from one seed. STORM_SEED=n lives that one alone.
func TestStorms(t *testing.T) {
	seeds, alone := storms, false
	if testing.Short() {
		seeds, alone = seeds[:2], true
	}
	if text := os.Getenv("STORM_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seeds, alone = []uint64{n}, true
	}
	var mu sync.Mutex
	sum := map[string]int{}
	m := NewMachine()
	t.Run("seed", func(t *testing.T) {
		for _, seed := range seeds {
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				counts, err := m.Storm(t.Context(), t.TempDir(), seed, 30)
				if err != nil {
					t.Fatal(err)
				}
				t.Log(counts)
				mu.Lock()
				defer mu.Unlock()
				for what, n := range counts {
					sum[what] += n
				}
			})
		}
	})
	if alone {
		return
	}
	for _, g := range gales {
		if sum[g.name] == 0 {
			t.Errorf("no storm had any of: %s", g.name)
		}
	}
	for _, what := range besides {
		if sum[what] == 0 {
			t.Errorf("no storm had any of: %s", what)
		}
	}
}
