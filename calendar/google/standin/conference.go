package standin

import (
	"cmp"
	"slices"
	"time"
)

// conferenceDelay is how long a video link is pending.
const conferenceDelay = 2 * time.Second

// settleConference starts the making of a video link. A request id that was used before is ignored.
func (c *call) settleConference(_ *diary, old, e *event) *problem {
	data, _ := e.body["conferenceData"].(object)
	ask, _ := data["createRequest"].(object)
	if ask == nil {
		if data == nil {
			delete(e.body, "hangoutLink")
		}
		return nil
	}
	var before object
	if old != nil {
		data, _ := old.body["conferenceData"].(object)
		before, _ = data["createRequest"].(object)
	}
	id, _ := ask["requestId"].(string)
	if id == "" {
		return invalid("conferenceData", "Missing conference request id.")
	}
	if before["requestId"] == id {
		e.body["conferenceData"] = cloned(old.body["conferenceData"])
		return nil
	}
	key, _ := ask["conferenceSolutionKey"].(object)
	if key == nil {
		key = object{"type": "hangoutsMeet"}
	}
	if key["type"] != "hangoutsMeet" {
		return invalid("conferenceData", "Invalid conference type value.")
	}
	e.body["conferenceData"] = object{"createRequest": object{"requestId": id, "conferenceSolutionKey": key,
		"status": object{"statusCode": "pending"}}}
	return nil
}

// waiting is an event whose video link is being made.
type waiting struct {
	diary, id string
	ready     time.Time
}

// await notes an event whose video link is pending.
func (s *Server) await(d *diary, e *event) {
	if pending(e) != nil && organizes(d, e) {
		s.waiting = append(s.waiting, waiting{d.id, e.id, s.now().Add(conferenceDelay)})
	}
}

// pending is the status of a video link that is being made, or nil.
func pending(e *event) object {
	data, _ := e.body["conferenceData"].(object)
	ask, _ := data["createRequest"].(object)
	status, _ := ask["status"].(object)
	if status["statusCode"] != "pending" {
		return nil
	}
	return status
}

// meet finishes the video links that were asked for long enough ago. The events change by that, and nobody is mailed.
func (c *call) meet() {
	due := c.waiting
	c.waiting = nil
	// Masters first: their exceptions take the link over.
	slices.SortStableFunc(due, func(a, b waiting) int { return cmp.Compare(len(a.id), len(b.id)) })
	for _, w := range due {
		d := c.diaries[w.diary]
		e := d.events[w.id]
		switch {
		case e == nil || pending(e) == nil || e.cancelled():
		case c.now().Before(w.ready):
			c.waiting = append(c.waiting, w)
		default:
			c.link(d, e)
		}
	}
}

func (c *call) link(d *diary, old *event) {
	e := *old
	e.body = clone(old.body)
	code := c.fresh()
	code = code[:3] + "-" + code[3:7] + "-" + code[7:10]
	pending(&e)["statusCode"] = "success"
	data := e.body["conferenceData"].(object)
	data["conferenceId"] = code
	data["conferenceSolution"] = object{"key": object{"type": "hangoutsMeet"}, "name": "Google Meet"}
	data["entryPoints"] = []any{object{"entryPointType": "video", "uri": "https://meet.google.com/" + code, "label": "meet.google.com/" + code}}
	e.body["hangoutLink"] = "https://meet.google.com/" + code
	d.events[e.id] = &e
	c.touch(d, &e)
	if e.recurring() {
		c.inherit(d, old, &e)
	}
	c.deliver(d, &e)
}
