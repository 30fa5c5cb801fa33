// Package procfs reads kernel counters: files that are kept open and read again and again, and
// parsers of their formats. The parsers go by the names that the kernel prints, never by position,
// as columns differ between kernels, and leave out what a kernel does not have.
package procfs

import (
	"fmt"
	"io"
	"os"
)

// Counters are a kernel's counters by our name for them.
type Counters map[string]uint64

// File is a /proc file that stays open. One under /proc/PID/net belongs to the network namespace
// that the process was in when the file was opened, and keeps working after that process is gone.
type File struct {
	file   *os.File
	buffer []byte
}

// Open opens a file for repeated reading.
func Open(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &File{file: file, buffer: make([]byte, 8<<10)}, nil
}

// Close closes the file.
func (f *File) Close() { f.file.Close() }

// Read gives the file's content of now; it is valid until the next call.
func (f *File) Read() ([]byte, error) {
	length := 0
	for {
		count, err := f.file.ReadAt(f.buffer[length:], int64(length))
		length += count
		if err == io.EOF {
			return f.buffer[:length], nil
		}
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", f.file.Name(), err)
		}
		if length == len(f.buffer) {
			f.buffer = append(f.buffer, make([]byte, len(f.buffer))...)
		}
	}
}
