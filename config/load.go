package config

import "time"

// Load reads the config file and the folder bilateral.d beside it. Durations of a year ahead are judged from now.
func Load(path string, now time.Time) (*Config, error) {
	return nil, nil
}
