// Command parley is a conference bridge: multicast groups, SIP and browsers
// talk and see each other in one conference.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"parley/cmd/parley/internal/config"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }

// The exit statuses.
const (
	statusOK     = 0
	statusFailed = 1 // it was tried and did not work
	statusUsage  = 2 // it was not tried: the command line or the configuration is wrong
)

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	var problems config.Problems
	var failed *failure
	switch {
	case err == nil:
		return statusOK
	case errors.As(err, &problems):
		fmt.Fprintln(stderr, problems.Error())
		return statusUsage
	case errors.As(err, &failed):
		fmt.Fprintln(stderr, "parley:", failed)
		return statusFailed
	}
	fmt.Fprintf(stderr, "parley: %v\nSee \"%s --help\".\n", err, cmd.CommandPath())
	return statusUsage
}

// failure is an error of what a command does, as opposed to how it was called.
type failure struct{ err error }

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }
