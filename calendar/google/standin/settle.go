package standin

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// settle makes an event's body what is kept of it, or says what is wrong. old is nil for a new event.
func (c *call) settle(d *diary, old, e *event) *problem {
	if e.body["status"] == nil {
		e.body["status"] = "confirmed"
	}
	for _, judge := range []func(*diary, *event, *event) *problem{
		c.settleTimes, c.settleKind, c.settleSequence, c.settleGuests, c.settleExtras, c.settleConference,
	} {
		if p := judge(d, old, e); p != nil {
			return p
		}
	}
	return nil
}

func (c *call) settleTimes(d *diary, _, e *event) *problem {
	start, p := readWhen("start", e.body["start"], d.zone)
	if p != nil {
		return p
	}
	end, p := readWhen("end", e.body["end"], d.zone)
	if p != nil {
		return p
	}
	if start.allDay != end.allDay {
		return invalid("end", "Invalid end time: start and end must both be dates or both be times.")
	}
	if end.at.Before(start.at) || start.allDay && !start.at.Before(end.at) {
		return &problem{Code: 400, Reason: "timeRangeEmpty", Message: "The specified time range is empty.", Location: "timeMax"}
	}
	lines := e.list("recurrence")
	if e.base != "" && len(lines) > 0 {
		return invalid("recurrence", "An instance of a recurring event has no recurrence of its own.")
	}
	if len(lines) > 0 {
		if zone := e.body["start"].(object)["timeZone"]; zone == nil && !start.allDay {
			return (&problem{Code: 400, Reason: "required", Message: "Missing time zone definition for start time."}).at("start")
		}
		if _, p := readRecurrence(lines, start); p != nil {
			return p
		}
	}
	e.body["start"], e.body["end"] = start.kept(), end.kept()
	return nil
}

// choices are the fields that hold one of a few words, which the document names in prose only.
var choices = map[string][]string{
	"status":       {"confirmed", "tentative", "cancelled"},
	"transparency": {"opaque", "transparent"},
	"visibility":   {"default", "public", "private", "confidential"},
	"eventType":    {"default", "birthday", "focusTime", "outOfOffice", "workingLocation"},
}

func (c *call) settleKind(_ *diary, old, e *event) *problem {
	for field, words := range choices {
		if c.byHand {
			break // birthdays and mails make events of types that programs cannot
		}
		if v := e.text(field); v != "" && !slices.Contains(words, v) && (old == nil || old.text(field) != v) {
			return invalid(field, "Invalid value for %s: %s", field, v)
		}
	}
	for _, field := range []string{"transparency", "visibility"} {
		if v := e.text(field); v == "opaque" || v == "default" {
			delete(e.body, field) // defaults are not shown
		}
	}
	if color := e.text("colorId"); e.body["colorId"] != nil && !slices.Contains(colorIDs, color) {
		return invalid("colorId", "Invalid color id %q.", color)
	}
	kind := e.text("eventType")
	for of, field := range map[string]string{"focusTime": "focusTimeProperties", "outOfOffice": "outOfOfficeProperties", "workingLocation": "workingLocationProperties"} {
		if e.body[field] != nil && kind != of {
			return invalid(field, "%s may only be set for events of type %s.", field, of)
		}
	}
	if kind == "workingLocation" && (e.text("visibility") != "public" || e.text("transparency") != "transparent" || e.body["workingLocationProperties"] == nil) {
		return invalid("eventType", "A working location event must be public and transparent and have workingLocationProperties.")
	}
	timed, _ := e.body["start"].(object)
	if (kind == "focusTime" || kind == "outOfOffice") && timed["date"] != nil {
		return invalid("start", "An event of type %s may not last all day.", kind)
	}
	return nil
}

func (c *call) settleSequence(_ *diary, old, e *event) *problem {
	now, _ := e.body["sequence"].(float64)
	if old == nil {
		return nil
	}
	if was, _ := old.body["sequence"].(float64); now < was {
		return invalid("sequence", "Invalid sequence value. The specified sequence number is below the current sequence number of the resource.")
	}
	return nil
}

var answers = []string{"needsAction", "declined", "tentative", "accepted"}

// settleGuests fills the list of guests in. The organizer does not join it by being the organizer.
func (c *call) settleGuests(d *diary, old, e *event) *problem {
	seen := make(map[string]bool)
	for _, g := range e.list("attendees") {
		g := g.(object)
		email, _ := g["email"].(string)
		email = strings.ToLower(email)
		if !strings.Contains(email, "@") {
			return invalid("attendee", "Invalid attendee email.")
		}
		if seen[email] {
			return invalid("attendee", "The attendee %s is named twice.", email)
		}
		seen[email] = true
		g["email"] = email
		if g["responseStatus"] == nil {
			g["responseStatus"] = "needsAction"
		}
		if !slices.Contains(answers, g["responseStatus"].(string)) {
			return invalid("attendee", "Invalid response status.")
		}
		delete(g, "self")
		delete(g, "organizer")
	}
	if len(e.list("attendees")) == 0 {
		delete(e.body, "attendees")
	}
	if len(seen) > 0 && c.alone {
		return forbidden("forbiddenForServiceAccounts", "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority.")
	}
	return nil
}

// settleExtras judges reminders, extended properties and attachments.
func (c *call) settleExtras(_ *diary, _, e *event) *problem {
	if e.body["reminders"] == nil {
		e.body["reminders"] = object{"useDefault": true}
	}
	reminders := e.body["reminders"].(object)
	overrides, _ := reminders["overrides"].([]any)
	switch {
	case reminders["useDefault"] == nil:
		reminders["useDefault"] = false
	case reminders["useDefault"] == true && len(overrides) > 0:
		return &problem{Code: 400, Reason: "cannotUseDefaultRemindersAndSpecifyOverride", Message: "Cannot specify both default reminders and overrides at the same time."}
	}
	if len(overrides) > 5 {
		return invalid("reminders", "The maximum number of override reminders is 5.")
	}
	for _, o := range overrides {
		method, _ := o.(object)["method"].(string)
		minutes, ok := o.(object)["minutes"].(float64)
		if method != "email" && method != "popup" || !ok || minutes < 0 || minutes > 40320 {
			return invalid("reminders", "Invalid reminder.")
		}
	}
	if len(e.list("attachments")) > 25 {
		return invalid("attachments", "There can be at most 25 attachments per event.")
	}
	for _, field := range []string{"summary", "description", "location"} {
		if e.body[field] == "" {
			delete(e.body, field)
		}
	}
	return settleProperties(e)
}

// settleProperties holds extended properties to the documented limits: keys of 44 and values of 1024 characters, 300
// properties and 32 kB an event and kind.
func settleProperties(e *event) *problem {
	all, _ := e.body["extendedProperties"].(object)
	for kind, v := range all {
		properties, _ := v.(object)
		size := 0
		for key, value := range properties {
			size += len(key) + len(value.(string))
			if utf8.RuneCountInString(key) > 44 || utf8.RuneCountInString(value.(string)) > 1024 {
				return invalid("extendedProperties", "The extended property %q is too long.", key)
			}
		}
		if len(properties) > 300 || size > 32<<10 {
			return invalid("extendedProperties", "There are too many extended properties.")
		}
		if len(properties) == 0 {
			delete(all, kind)
		}
	}
	if all != nil && len(all) == 0 {
		delete(e.body, "extendedProperties")
	}
	return nil
}
