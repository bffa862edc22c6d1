package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "parley",
		Short: "A conference bridge between multicast groups, SIP, H.323 and browsers",
		Long: `parley is a conference bridge: IP multicast groups, SIP telephones, H.323
terminals and browsers hear and see each other in one conference.

Start with "parley serve" and open the page that it prints.`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetVersionTemplate("parley {{.Version}}\n") // as "parley version" prints it
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newServe(), newCheckConfig(), newDial(), newDigits(), newSessions(), newJoin(), newLeave(), newLeases(), newGroup(), newDoctor(), newTrace(), newVersion())
	return root
}

// exactly wants the arguments that a command's usage names, and says which.
func exactly(cmd *cobra.Command, args []string) error {
	var names []string
	for _, word := range strings.Fields(cmd.Use)[1:] {
		if strings.HasPrefix(word, "-") {
			break // flags, of which others take care
		}
		names = append(names, word)
	}
	switch {
	case len(args) < len(names):
		return fmt.Errorf("%s is missing: %s %s", names[len(args)], cmd.CommandPath(), strings.Join(names, " "))
	case len(args) > len(names):
		return fmt.Errorf("%q is too much: %s %s; what has spaces needs quotes", args[len(names)], cmd.CommandPath(), strings.Join(names, " "))
	}
	return nil
}

// parent has a command that only has others explain itself, and refuse what it has
// not.
func parent(cmd *cobra.Command) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		var names []string
		for _, c := range cmd.Commands() {
			names = append(names, c.Name())
		}
		return fmt.Errorf("unknown command %q for %q, which has %s", args[0], cmd.CommandPath(), strings.Join(names, " and "))
	}
	cmd.Args = cobra.ArbitraryArgs
	return cmd
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "parley", version())
			return err
		},
	}
}
