package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

// usageError is a wrong invocation, as opposed to something that failed while running.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, values ...any) error {
	return usageError{fmt.Errorf(format, values...)}
}

// parseFlags parses args and refuses leftovers; its errors are one sentence, without the flag
// package's own page of help.
func parseFlags(flags *flag.FlagSet, args []string) error {
	flags.SetOutput(io.Discard)
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return usagef("it takes %s", flagList(flags))
		}
		return usageError{err}
	}
	if flags.NArg() > 0 {
		return usagef("unexpected argument %q", flags.Arg(0))
	}
	return nil
}

func flagList(flags *flag.FlagSet) string {
	list := ""
	flags.VisitAll(func(each *flag.Flag) {
		if list != "" {
			list += ", "
		}
		list += fmt.Sprintf("--%s (%s)", each.Name, each.Usage)
	})
	if list == "" {
		return "no flags"
	}
	return list
}
