package imip

import (
	"time"

	"bilateral/calendar"
)

// Request invites to a whole series, with the instances that stand elsewhere than its rule says. s is the series as it
// stands, after what is announced was written.
func Request(e Envelope, s calendar.Series) Message { return Message{} }

// RequestInstance tells of one instance by its original start: moved, brought back, or with its agenda.
func RequestInstance(e Envelope, s calendar.Series, original time.Time) Message { return Message{} }

// Cancel calls the whole series off. Its SEQUENCE is that of s, which the write that cancelled it has raised.
func Cancel(e Envelope, s calendar.Series) Message { return Message{} }

// CancelInstance calls one instance off.
func CancelInstance(e Envelope, s calendar.Series, original time.Time) Message { return Message{} }

// Letter is a plain mail without a calendar part.
func Letter(e Envelope, subject, text string) Message { return Message{} }
