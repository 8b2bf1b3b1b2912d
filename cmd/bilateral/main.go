// Command bilateral guards the regular 1:1 with an executive: it keeps a slot in every period, and puts the agenda into
// the invitation.
//
// This package is the skin: one file a command, the wiring from the config to the engine, and the terminal's rules.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	_ "time/tzdata" // zones on a machine that has no database of its own
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is one invocation; it returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, problems io.Writer) int {
	a := &app{in: in, out: textGate(out), problems: textGate(problems)}
	defer a.close()
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(a.out)
	root.SetErr(a.problems)
	c, err := root.ExecuteContextC(ctx)
	a.asked = c.CommandPath()
	code := a.report(err)
	var told exit
	if c.Name() == "status" && code == exitUsage && !errors.As(err, &told) {
		return int(exitUnknown) // 2 would tell a monitoring system that something is critical
	}
	return code
}
