package config

import "testing"

func TestADomainOrAnEMailAddressIsAnAddressToo(t *testing.T) {
	for _, row := range []struct{ sentence, given, want string }{
		{"an address", "https://dav.example.org/alice/", "https://dav.example.org/alice/"},
		{"a domain", "example.org", "https://example.org/"},
		{"an e-mail address", "alice@example.org", "https://example.org/"},
		{"an e-mail address with a quoted @", `"a@b"@example.org`, "https://example.org/"},
		{"a word", "calendar", "calendar"},
		{"a host with a port", "example.org:8443", "example.org:8443"},
		{"an address with a password", "https://alice:secret@dav.example.org/", "https://alice:secret@dav.example.org/"},
		{"half an address", "alice@", "alice@"},
	} {
		if got := serverOf(row.given); got != row.want {
			t.Errorf("%s: got %q, want %q", row.sentence, got, row.want)
		}
	}
}
