package engine

import (
	"context"
	"strings"
	"testing"

	"bilateral/calendar"
)

// waking is a calendar whose server invites, and does not say so at the first question.
type waking struct {
	serving
	asked *int
}

func (w waking) About(ctx context.Context) (calendar.About, error) {
	if *w.asked++; *w.asked == 1 {
		return calendar.About{}, &calendar.Error{Kind: calendar.Unreachable, Op: "ask", Target: "memory"}
	}
	return w.serving.About(ctx)
}

func TestAServerThatIsToBeSilentIsKeptSoAlsoWhereItCouldNotBeAskedAtFirst(t *testing.T) {
	o, p := newMailOffice(t, monday)
	o.b.Home.Account, o.b.Delivery = waking{serving{o.mine, true}, new(int)}, ByMail
	o.settle()
	if !strings.Contains(unfold(string(o.mine.Bytes(o.seriesName()))), "SCHEDULE-AGENT=CLIENT") {
		t.Error("the server invites the executive, and the owner wants it by mail")
	}
	o.expectMails(p, "REQUEST Invitation: Alice / Dana")
}
