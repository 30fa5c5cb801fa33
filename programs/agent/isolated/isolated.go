// Package isolated lets a package's tests run in a network namespace of their own, so that they
// may listen, flood and change settings as they like. The namespace ends with the test process.
package isolated

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const marker = "PACKETWALK_TEST_IN_OWN_NETNS"

// Main is for TestMain: as root, it runs the tests in a second process with its own namespace.
func Main(m *testing.M) {
	if os.Geteuid() != 0 {
		os.Exit(m.Run())
	}
	if os.Getenv(marker) != "" {
		if err := raiseLoopback(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(m.Run())
	}
	tests := Command("/proc/self/exe", os.Args[1:]...)
	tests.Env = append(os.Environ(), marker+"=1")
	tests.SysProcAttr.Pdeathsig = unix.SIGKILL // here no thread is thrown away
	tests.Stdout, tests.Stderr = os.Stdout, os.Stderr
	if err := tests.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Require skips a test that was not given a namespace.
func Require(t testing.TB) {
	t.Helper()
	if os.Getenv(marker) == "" {
		t.Skip("needs root, for a network namespace of its own")
	}
}

// Command is exec.Command in a new network namespace. It is up to the test to end it: a death
// signal would come when the thread that started it is thrown away (netns.Do), not the process.
func Command(name string, args ...string) *exec.Cmd {
	command := exec.Command(name, args...)
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
	return command
}

func raiseLoopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	request.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request)
}
