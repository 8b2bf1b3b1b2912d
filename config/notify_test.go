package config

import "testing"

func TestOnlyThisMachineMayLook(t *testing.T) {
	rows := []struct {
		name, address string
		fine          bool
	}{
		{"the loopback", "127.0.0.1:9464", true},
		{"the loopback of IPv6", "[::1]:9464", true},
		{"the loopback by name", "localhost:9464", true},
		{"a socket", "unix:/run/bilateral/watch", true},
		{"a socket without a whole path", "unix:watch", false},
		{"every address", "0.0.0.0:9464", false},
		{"every address, unsaid", ":9464", false},
		{"every address of IPv6", "[::]:9464", false},
		{"the local network", "192.168.1.2:9464", false},
		{"a name that anybody may give out", "watch.example.org:9464", false},
		{"no port", "127.0.0.1", false},
		{"any port", "127.0.0.1:0", false},
		{"a port that is none", "127.0.0.1:94640", false},
		{"an address with a scheme", "http://127.0.0.1:9464", false},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if err := local(r.address); (err == nil) != r.fine {
				t.Errorf("%s: %v", r.address, err)
			}
		})
	}
}
