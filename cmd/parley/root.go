package main

import (
	"fmt"

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
