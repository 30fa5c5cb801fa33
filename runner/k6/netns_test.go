package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const (
	inNamespace = "PACKETWALK_TEST_IN_OWN_NETNS"
	asK6        = "PACKETWALK_TEST_AS_K6"
)

// TestMain runs the tests in a network namespace of their own, which needs root, and lends the test
// binary to them as packetwalk-k6.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(asK6) != "":
		main()
	case os.Geteuid() != 0:
		fmt.Println("not run: these tests need root, for a network namespace of their own")
	case os.Getenv(inNamespace) == "":
		os.Exit(runInNamespace())
	default:
		if err := raiseLoopback(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(m.Run())
	}
}

func runInNamespace() int {
	tests := exec.Command("/proc/self/exe", os.Args[1:]...)
	tests.Env = append(os.Environ(), inNamespace+"=1")
	tests.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: unix.SIGKILL}
	tests.Stdout, tests.Stderr = os.Stdout, os.Stderr
	if err := tests.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
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
