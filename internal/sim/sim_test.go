package sim

import (
	"os"
	"strconv"
	"testing"
)

// TestLives lives fourteen lives of ninety days, each from one seed (-short: four of thirty). SIM_SEED=n lives that one alone and tells it all.
func TestLives(t *testing.T) {
	seeds, first, days := uint64(14), uint64(1), 90
	if testing.Short() {
		seeds, days = 4, 30
	}
	if text := os.Getenv("SIM_SEED"); text != "" {
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
			counts, err := m.Live(t.Context(), t.TempDir(), seed, days)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(counts)
		})
	}
}
