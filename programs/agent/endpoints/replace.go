package endpoints

import (
	"os"
	"path/filepath"
)

// replaceFile puts the text in the file's place in one step, so that no reader ever sees half of
// it. Envoy takes note of a file only when it is moved there.
func replaceFile(file string, text []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name()) // what it was renamed to stays
	_, err = temporary.Write(text)
	if closeErr := temporary.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Chmod(temporary.Name(), 0o644)
	}
	if err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}
