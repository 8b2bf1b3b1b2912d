package main

import (
	"bufio"
	"strings"
)

// confirm asks once. Without a terminal there is nobody to ask: --yes is needed.
func (a *app) confirm(yes bool, question string) error {
	if yes {
		return nil
	}
	if !isTerminal(a.in) {
		return wrongUsage("Look at what is shown above, then add --yes.", "nobody is there to be asked")
	}
	a.printf("%s [y/N] ", question)
	lines := bufio.NewScanner(a.in)
	if lines.Scan() {
		switch strings.ToLower(strings.TrimSpace(lines.Text())) {
		case "y", "yes":
			return nil
		}
	}
	a.printf("Nothing was done.\n")
	return exit(exitFailed)
}
