package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"parley/cmd/parley/internal/config"
	"parley/codecs/builtin"
)

func newCheckConfig() *cobra.Command {
	o := config.Options{Codecs: builtin.Set()}
	cmd := &cobra.Command{
		Use:   "check-config [FILE]",
		Short: "Say what is wrong with a configuration, and start nothing",
		Long: `Reads FILE (default: ./parley.yaml where it exists) and the PARLEY_
environment as "parley serve" would, and reports every problem at once, each
with file, line and key.

Exit status: 0 when parley could start with it, 2 when not.`,
		Example: "  parley check-config\n  parley check-config /etc/parley/parley.yaml",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return fmt.Errorf("%q is too much: parley check-config [FILE]", args[1])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if o.File != "" {
					return errors.New("give the file once: as an argument or as --config")
				}
				o.File = args[0]
			}
			c, err := config.Load(o)
			if err != nil {
				return err
			}
			name := o.Path()
			if name == "" {
				name = "the default configuration"
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is right: %s.\n", name, count(len(c.Conferences), "conference"))
			return err
		},
	}
	cmd.Flags().StringVar(&o.File, "config", "", "YAML `FILE`, as with \"parley serve\"")
	return cmd
}

// count returns "1 conference", "2 conferences".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
