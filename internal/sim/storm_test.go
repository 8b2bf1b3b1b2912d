package sim

import (
	"os"
	"strconv"
	"testing"
)

// TestStorms lives two months of all adversity at once (-short: one), each from one seed. STORM_SEED=n lives that one alone.
func TestStorms(t *testing.T) {
	first, seeds := uint64(1), uint64(2)
	if testing.Short() {
		seeds = 1
	}
	if text := os.Getenv("STORM_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		first, seeds = n, 1
	}
	m := NewMachine()
	for seed := first; seed < first+seeds; seed++ {
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
