package config

import (
	"bilateral/agenda"
)

// agenda reads how much the invitation shows and when it is written.
func (r *reader) agenda() agenda.Policy {
	p := agenda.Policy{Show: agenda.Show(r.choice("agenda", string(agenda.Full), string(agenda.Titles), string(agenda.Hide)))}
	list, ok := r.words("publish")
	if !ok {
		list = []word{{"after previous", 0}, {"day before 16:00", 0}, {"1h", 0}}
	}
	for _, w := range list {
		m, err := agenda.ParseMoment(w.text)
		if err != nil {
			r.wrongAt(w.line, "publish", err.Error(), "")
			continue
		}
		p.Publish = append(p.Publish, m)
	}
	return p
}
