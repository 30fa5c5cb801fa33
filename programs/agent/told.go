package main

import "os"

// told gives a channel that is closed when anything comes on stdin, or stdin closes. A word is sure to arrive; that stdin
// has closed, an exec over the API may never tell.
func told() <-chan struct{} {
	word := make(chan struct{})
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1))
		close(word)
	}()
	return word
}
