package config

import "bilateral/agenda"

// Agenda is how much of the agenda the invitation shows, and when it is written.
type Agenda struct {
	Show    agenda.Show
	Publish []string
}
