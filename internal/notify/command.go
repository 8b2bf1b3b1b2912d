package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// message is a notice as programs read it. Fields are only ever added.
type message struct {
	Version   int       `json:"version"`
	Event     string    `json:"event"` // began or ended
	Code      string    `json:"code"`
	Severity  string    `json:"severity"`
	Bilateral string    `json:"bilateral"`
	Period    string    `json:"period"`
	Calendar  string    `json:"calendar,omitempty"`
	Message   string    `json:"message"`
	Do        string    `json:"do"`
	Since     time.Time `json:"since"`
	At        time.Time `json:"at"`
	Text      string    `json:"text"` // all of it for people: what chat programs show
}

func (n Notice) json() []byte {
	event := "began"
	if n.Ended {
		event = "ended"
	}
	text := n.Severity + ": " + n.full() + "\nDo: " + n.Do
	if n.Ended {
		text = n.full()
	}
	data, _ := json.Marshal(message{1, event, n.Code, n.Severity, n.Bilateral, n.Period, n.Calendar, n.Message, n.Do, n.Since, n.At, text}) // text and moments always marshal
	return data
}

// full is the whole sentence, with whom it is about.
func (n Notice) full() string {
	s := n.Message
	if n.Bilateral != "" {
		s = n.Bilateral + ": " + s
	}
	if n.Ended {
		s = "over: " + s
	}
	return s
}

// Command runs a program for each notice, without a shell, with the JSON of the notice on its stdin.
type Command struct{ Argv []string }

// Name implements [Channel].
func (Command) Name() string { return "command" }

// single is how long telling one notice may take.
const single = 10 * time.Second

// Tell implements [Channel].
func (c Command) Tell(ctx context.Context, list []Notice) ([]bool, error) {
	return oneByOne(ctx, list, c.run)
}

// run does not repeat what the program prints: it may be a secret.
func (c Command) run(ctx context.Context, n Notice) error {
	ctx, cancel := context.WithTimeout(ctx, single)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Stdin = bytes.NewReader(append(n.json(), '\n'))
	cmd.WaitDelay = time.Second // a grandchild may hold the pipe open after the command was killed
	err := cmd.Run()
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("%q was not done after %s", c.Argv[0], single)
	}
	return fmt.Errorf("%q failed (%w): run it by hand to see why", c.Argv[0], err)
}

// oneByOne tells one notice after the other. One that fails keeps no other from its turn.
func oneByOne(ctx context.Context, list []Notice, tell func(context.Context, Notice) error) (told []bool, err error) {
	told = make([]bool, len(list))
	for k, n := range list {
		if ctx.Err() != nil {
			return told, errors.Join(err, ctx.Err())
		}
		failure := tell(ctx, n)
		told[k] = failure == nil
		if err == nil {
			err = failure
		}
	}
	return told, err
}
