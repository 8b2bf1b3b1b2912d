package engine

import (
	"strings"
	"testing"

	"bilateral/internal/plan"
)

// Everybody who is invited sees the identity of a bilateral, and can send the owner an invitation that claims it.
func TestAStrangersInvitationIsNotTakenForOurs(t *testing.T) {
	for _, row := range []struct {
		sentence, uid string
		lost          bool // the database
	}{
		{"with our mark", "theirs@example.net", false},
		{"with our mark, after the database was lost", "theirs@example.net", true},
		{"with a name that ours might have after a split", "ID-20261201@bilateral", false},
		{"with such a name, after the database was lost", "ID-20261201@bilateral", true},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, monday)
			o.settle()
			name := o.mine.Names()[0]
			forged := strings.NewReplacer("UID:"+o.b.ID()+"@bilateral", "UID:"+strings.Replace(row.uid, "ID", o.b.ID(), 1),
				"ORGANIZER;CN=Alice Chen:mailto:alice@example.org", "ORGANIZER:mailto:eve@example.net",
				"DTSTART;TZID=Europe/Berlin:20261125T1530", "DTSTART;TZID=Europe/Berlin:20261202T0900", "DTEND;TZID=Europe/Berlin:20261125T1615", "DTEND;TZID=Europe/Berlin:20261202T0945",
			).Replace(string(o.mine.Bytes(name)))
			if !strings.Contains(forged, "eve@example.net") || !strings.Contains(forged, "X-BILATERAL:") {
				t.Fatalf("nothing was forged:\n%s", forged)
			}
			if row.lost {
				fresh := newOffice(t, monday)
				fresh.Store, o.Store = o.Store, fresh.Store
			}
			o.mine.Put("forged.ics", []byte(forged))
			o.settle()
			o.expect("2026-W50", plan.Held, "held")
			o.expectStands("2026-12-09 14:30", "Wed 9 Dec 15:30-16:15")
			if got := string(o.mine.Bytes("forged.ics")); got != forged {
				t.Errorf("it was written into:\n%s", got)
			}
			for _, n := range o.last.Bilaterals[0].Notes {
				t.Errorf("it is noted: %s", n.Text)
			}
		})
	}
}
