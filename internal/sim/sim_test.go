package sim

import (
	"os"
	"strconv"
	"testing"
)

// lives are seeds with all that may happen in them: mails, public holidays, a series from before, journeys.
var lives = []uint64{2, 3, 4, 5, 6, 7, 8, 9, 10, 11}

// TestLives lives ninety days of each seed (-short: thirty of the first three). SIM_SEED=n lives that one alone and tells it all.
func TestLives(t *testing.T) {
	seeds, days := lives, 90
	if testing.Short() {
		seeds, days = seeds[:3], 30
	}
	if text := os.Getenv("SIM_SEED"); text != "" {
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
			counts, err := m.Live(t.Context(), t.TempDir(), seed, days)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(counts)
		})
	}
}
