package standin

// A person who is out of office, or wants to focus, may let Google decline invitations for them: the mode stands in the
// properties of that event.
const (
	declinesAll = "declineAllConflictingInvitations"
	declinesNew = "declineOnlyNewConflictingInvitations"
)

// declineMode is the mode of an out-of-office or focus event and its message, or "".
func declineMode(e *event) (mode, message string) {
	for _, field := range []string{"outOfOfficeProperties", "focusTimeProperties"} {
		if p, ok := e.body[field].(object); ok && !e.cancelled() {
			mode, _ = p["autoDeclineMode"].(string)
			message, _ = p["declineMessage"].(string)
		}
	}
	if message == "" {
		message = "Declined because I am out of office"
	}
	return mode, message
}

// block declines what stands in a calendar when somebody books their absence over it.
func (c *call) block(d *diary, absence *event) {
	if mode, _ := declineMode(absence); mode != declinesAll {
		return
	}
	for _, e := range d.where(func(e *event) bool { return e.base == "" && !organizes(d, e) && !e.cancelled() }) {
		c.declineUnder(d, absence, e)
	}
}

// turnDown declines an invitation, new or at a new time, that comes into an absence.
func (c *call) turnDown(d *diary, invitation *event) {
	if organizes(d, invitation) || invitation.cancelled() {
		return
	}
	declines := func(e *event) bool {
		mode, _ := declineMode(e)
		return mode == declinesAll || mode == declinesNew
	}
	for _, absence := range d.where(declines) {
		c.declineUnder(d, absence, invitation)
	}
}

// declineUnder declines an event where it overlaps an absence: of a series, those instances alone.
func (c *call) declineUnder(d *diary, absence, e *event) {
	_, message := declineMode(absence)
	for _, away := range d.alone(absence, filter{from: c.now(), to: c.now().AddDate(1, 0, 0)}) {
		from, to := away.span(d.zone)
		for _, in := range d.alone(e, filter{from: from, to: to}) {
			next := *in
			next.body = clone(in.body)
			me := attendee(&next, d.id)
			if me == nil || me["responseStatus"] == "declined" || in.cancelled() || !overlaps(in, d, from, to) {
				continue
			}
			me["responseStatus"], me["comment"] = "declined", message
			d.events[next.id] = &next
			c.touch(d, &next)
			c.answered(d, &next)
		}
	}
}

// alone are the instances of a series in a window, or the single event itself.
func (d *diary) alone(e *event, f filter) []*event {
	if !e.recurring() {
		return []*event{e}
	}
	return d.instances(e, f)
}
