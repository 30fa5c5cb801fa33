// Package netns runs code in other network namespaces and finds those of a node's pods.
package netns

import (
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// Own is the network namespace that this process was started in.
const Own = "/proc/self/ns/net"

const (
	firstProcess      = "/proc/1"
	threadsDaemon     = "/proc/2"
	threadsDaemonName = "kthreadd\n"
)

// Initial gives the kernel's initial network namespace, seen from a process with hostPID: kernel
// threads never leave it. Where none is in sight (a node that is itself a container), it is that
// of PID 1, whose namespaces some machines do not let anybody open.
func Initial() string {
	if name, err := os.ReadFile(threadsDaemon + "/comm"); err == nil && string(name) == threadsDaemonName {
		return threadsDaemon + "/ns/net"
	}
	return firstProcess + "/ns/net"
}

// OfProcess names the network namespace of a process.
func OfProcess(pid int) string { return fmt.Sprintf("/proc/%d/ns/net", pid) }

// Do calls f on an OS thread that is in the namespace at path. The thread is thrown away
// afterwards, so that no other code ever runs in that namespace by accident.
//
// What is opened under /proc/sys/net or through /proc/thread-self belongs to the namespace of the
// thread that opens it, and stays so.
func Do(path string, f func() error) error {
	namespace, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("cannot open network namespace %s: %w", path, err)
	}
	defer unix.Close(namespace)
	done := make(chan error)
	go doInThrowawayThread(namespace, path, f, done)
	return <-done
}

func doInThrowawayThread(namespace int, path string, f func() error, done chan<- error) {
	runtime.LockOSThread()
	if unix.Gettid() == unix.Getpid() {
		// The main thread cannot be thrown away, and /proc/self speaks of its namespaces. It is kept
		// busy here, so that another thread has to take over.
		defer runtime.UnlockOSThread()
		elsewhere := make(chan error)
		go doInThrowawayThread(namespace, path, f, elsewhere)
		done <- <-elsewhere
		return
	}
	// From here on never unlocked: the thread ends with this goroutine.
	if err := unix.Setns(namespace, unix.CLONE_NEWNET); err != nil {
		done <- fmt.Errorf("cannot enter network namespace %s: %w", path, err)
		return
	}
	done <- f()
}

// Inode gives the number by which the kernel's log calls the namespace at path.
func Inode(path string) (uint64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("cannot identify network namespace %s: %w", path, err)
	}
	return info.Sys().(*syscall.Stat_t).Ino, nil
}
