package agenda

// Finding is why an item is not put before the executive as it is, and what its owner can do.
type Finding struct {
	ID      string
	Code    string // proposal, recommendation, date, text, kind or id
	Message string
	Do      string // a command or a step
}

// Lint lists what an item lacks: a problem its proposal, a decision its recommendation, a promise its date. It also
// names what could not stand in the block at all: an empty text, a kind that is not for the executive, a malformed ID.
func Lint(item Item) []Finding {
	var found []Finding
	add := func(code, message, flag string) {
		found = append(found, Finding{item.ID, code, message, "bilateral edit " + item.ID + " " + flag})
	}
	text := shorten(Clean(item.Text), 60)
	switch {
	case !ValidID(item.ID):
		found = append(found, Finding{item.ID, "id", "the follow-up \"" + text + "\" has the malformed id \"" + item.ID + "\"",
			"add it anew with bilateral add"})
	case text == "":
		add("text", "the follow-up "+item.ID+" has no text", "--text …")
	case kindOf(item.Kind) == nil:
		add("kind", "\""+text+"\" is of kind \""+string(item.Kind)+"\", which is not for the executive", "--kind …")
	}
	switch {
	case item.Kind == Problem && Clean(item.Proposal) == "":
		add("proposal", "the problem \""+text+"\" has no proposal", "--proposal …")
	case item.Kind == Decision && Clean(item.Proposal) == "":
		add("recommendation", "the decision \""+text+"\" has no recommendation", "--proposal …")
	case item.Kind == Direction && item.Due.IsZero():
		add("date", "the promise \""+text+"\" has no date", "--due …")
	}
	return found
}
