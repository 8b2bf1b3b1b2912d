package mail

import (
	"strings"

	"github.com/emersion/go-imap/v2"
)

// mayAnswer reports whether a mail of that structure can hold an answer to an invitation. Other people's invitations have
// the same type, and say another method.
func mayAnswer(whole imap.BodyStructure) bool {
	found := false
	whole.Walk(func(_ []int, part imap.BodyStructure) bool {
		if single, ok := part.(*imap.BodyStructureSinglePart); ok && answers(single) {
			found = true
		}
		return !found
	})
	return found
}

func answers(part *imap.BodyStructureSinglePart) bool {
	switch part.MediaType() {
	case "text/calendar":
		method := ""
		for key, value := range part.Params {
			if strings.EqualFold(key, "method") {
				method = strings.ToUpper(value)
			}
		}
		return method == "" || method == "REPLY" || method == "COUNTER"
	case "application/ics":
		return true
	case "application/octet-stream":
		return strings.HasSuffix(strings.ToLower(part.Filename()), ".ics")
	}
	return false
}
