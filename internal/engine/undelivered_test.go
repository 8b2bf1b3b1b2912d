package engine

import (
	"strings"
	"testing"
)

func TestAnInvitationThatDidNotArriveIsTold(t *testing.T) {
	for _, row := range []struct{ sentence, status, told string }{
		{"delivered", "1.2", ""},
		{"to nobody", "3.7", "the invitation did not reach dana@example.org: the server knows nobody of that address (3.7)"},
		{"not at all", `"5.1"`, "the invitation did not reach dana@example.org: the server could not deliver it (5.1)"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			o := newOffice(t, monday)
			o.b.Home.Account = delivering{o.mine}
			o.settle()
			o.edit(func(text string) string {
				return strings.ReplaceAll(unfold(text), ":mailto:dana@example.org", ";SCHEDULE-STATUS="+row.status+":mailto:dana@example.org")
			})
			o.pass()
			got := ""
			for _, n := range o.last.Bilaterals[0].Notes {
				if n.Code == "undelivered" {
					got = n.Text
				}
			}
			if got != row.told {
				t.Errorf("told %q", got)
			}
			s, err := o.Status(o.now, 0)
			if err != nil {
				t.Fatal(err)
			}
			advised := false
			for _, p := range s.Problems {
				advised = advised || p.Code == "undelivered" && p.Severity == Warning && strings.Contains(p.Do, "address")
			}
			if advised != (row.told != "") {
				t.Errorf("status says %+v", s.Problems)
			}
		})
	}
}
