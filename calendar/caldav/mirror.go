package caldav

// mirrorHeader changes with what a mirror holds; one with another header is not read.
const mirrorHeader = "bilateral caldav mirror 1\n"

// mirror is what is kept on disk of a calendar, so that a restart costs no more than a pass.
type mirror struct {
	Place     place
	Person    person
	Abilities abilities
	Hours     hours
	Calendar  replica
	Inbox     replica
}
