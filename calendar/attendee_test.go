package calendar

import "testing"

func TestWhatBecameOfAnInvitation(t *testing.T) {
	for _, row := range []struct{ sentence, code, want string }{
		{"nothing is known", "", ""},
		{"it waits to be sent", "1.0", ""},
		{"it was sent, and nobody knows more", "1.1", ""},
		{"it was delivered", "1.2", ""},
		{"it was processed", "2.0;Success", ""},
		{"nobody is there", "3.7", "the server knows nobody of that address (3.7)"},
		{"with words behind the code", "3.7;Invalid calendar user", "the server knows nobody of that address (3.7)"},
		{"the first of several counts", "5.2, 3.8", "the server knows no way to deliver it (5.2)"},
		{"a code that is not in the table", "5.4", "the server could not deliver it (5.4)"},
		{"noise", "five", ""},
	} {
		if got := (Attendee{Delivery: row.code}).Undelivered(); got != row.want {
			t.Errorf("%s: got %q", row.sentence, got)
		}
	}
}
