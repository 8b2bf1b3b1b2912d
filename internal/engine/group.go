package engine

import (
	"slices"
	"strings"

	"bilateral/calendar"
)

// group is bilaterals that calendars connect: each calendar belongs to one group. Its bilaterals are worked on in the order
// of the config by one goroutine, so that each knows where the others stand; groups know nothing of each other's work and
// pass at the same time.
type group struct {
	place   int // among the groups
	members []*Bilateral
	hosts   []string // the servers that its calendars are on
}

// name is the group's, for as long as the config puts the same bilateral first.
func (g group) name() string { return g.members[0].Name }

// groups parts the bilaterals, in the order of the config. only, if not "", leaves the group of that one.
func (e *Engine) groups(only string) []group {
	var out []group
	for _, b := range e.Bilaterals {
		merged := group{members: []*Bilateral{b}}
		out = slices.DeleteFunc(out, func(g group) bool {
			if !slices.ContainsFunc(g.members, b.sharesCalendar) {
				return false
			}
			merged.members = append(merged.members, g.members...)
			return true
		})
		out = append(out, merged)
	}
	place := map[*Bilateral]int{}
	for k, b := range e.Bilaterals {
		place[b] = k
	}
	inOrder := func(a, b *Bilateral) int { return place[a] - place[b] }
	for k := range out {
		slices.SortFunc(out[k].members, inOrder)
		out[k].hosts = hosts(out[k].members)
	}
	slices.SortFunc(out, func(a, b group) int { return inOrder(a.members[0], b.members[0]) })
	for k := range out {
		out[k].place = k
	}
	if only == "" {
		return out
	}
	return slices.DeleteFunc(out, func(g group) bool { return !g.has(only) })
}

func (g group) has(name string) bool {
	return slices.ContainsFunc(g.members, func(b *Bilateral) bool { return b.Name == name })
}

func (b *Bilateral) sharesCalendar(with *Bilateral) bool {
	return slices.ContainsFunc(b.calendars(), func(c *Calendar) bool {
		return slices.ContainsFunc(with.calendars(), func(x *Calendar) bool { return x.Name == c.Name })
	})
}

func hosts(members []*Bilateral) []string {
	var out []string
	for _, b := range members {
		for _, c := range b.calendars() {
			if c.Host != "" && !slices.Contains(out, c.Host) {
				out = append(out, c.Host)
			}
		}
	}
	return out
}

// How many groups pass at once. A server that hangs holds its own share up and no more.
const (
	atOnce    = 16
	atOneHost = 4
)

// crew counts who is at work.
type crew struct {
	busy int
	at   map[string]int // by host
}

// admits reports whether there is room for one more group.
func (c *crew) admits(g group) bool {
	return c.busy < atOnce && !slices.ContainsFunc(g.hosts, func(h string) bool { return c.at[h] >= atOneHost })
}

// count notes that the group begins (1) or ends (-1).
func (c *crew) count(g group, n int) {
	if c.at == nil {
		c.at = map[string]int{}
	}
	c.busy += n
	for _, h := range g.hosts {
		c.at[h] += n
	}
}

// stands is where the bilaterals' meetings stand, as the last pass of each left them.
type stands map[string][]calendar.Span

// outside are the meetings of this owner's bilaterals in other groups. Where one of them and the bilateral's own stand over
// each other, the one that comes later in the config gives way.
func (w *work) outside() []calendar.Span {
	var out []calendar.Span
	earlier := true
	for _, b := range w.Bilaterals {
		switch {
		case b == w.b:
			earlier = false
		case w.has(b.Name) || !strings.EqualFold(b.Owner.Email, w.b.Owner.Email):
		case earlier:
			out = append(out, w.known[b.Name]...)
		default:
			for _, s := range w.known[b.Name] {
				if !slices.ContainsFunc(w.standingSpans(w.b), s.Overlaps) {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// recallStands is where the meetings stand as earlier passes recorded it.
func (e *Engine) recallStands() (stands, error) {
	out := stands{}
	for _, b := range e.Bilaterals {
		verdicts, err := e.Store.Verdicts(b.Name)
		if err != nil {
			return nil, err
		}
		for _, v := range verdicts {
			if !v.Slot.IsZero() {
				out[b.Name] = append(out[b.Name], v.Slot)
			}
		}
	}
	return out, nil
}
