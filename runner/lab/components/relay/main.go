// relay carries TCP connections from an address in the network namespace that it is started in to an address in another
// one. It is the lab's only door: no interface or route leads into the lab from the machine.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "", "address to listen on, in this network namespace")
	namespace := flag.String("netns", "", "file of the network namespace to connect in")
	target := flag.String("connect", "", "address to connect to, in that namespace")
	flag.Parse()
	if err := relay(*listen, *namespace, *target); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func relay(listen, namespace, target string) error {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	dial, err := dialerIn(namespace, target)
	if err != nil {
		return err
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer client.Close()
			server, err := dial()
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return
			}
			defer server.Close()
			join(client.(*net.TCPConn), server.(*net.TCPConn))
		}()
	}
}

type dialed struct {
	connection net.Conn
	err        error
}

// dialerIn gives a function that connects to target from within the namespace. A socket belongs to the namespace of the
// thread that makes it, so one thread enters it for good and makes them all.
func dialerIn(namespace, target string) (func() (net.Conn, error), error) {
	requests := make(chan chan dialed)
	entered := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: this thread must not run anything else any more
		if err := enter(namespace); err != nil {
			entered <- err
			return
		}
		close(entered)
		dialer := net.Dialer{Timeout: 3 * time.Second}
		for reply := range requests {
			connection, err := dialer.Dial("tcp", target)
			reply <- dialed{connection, err}
		}
	}()
	if err := <-entered; err != nil {
		return nil, err
	}
	return func() (net.Conn, error) {
		reply := make(chan dialed)
		requests <- reply
		result := <-reply
		return result.connection, result.err
	}, nil
}

func enter(namespace string) error {
	file, err := os.Open(namespace)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, _, errno := syscall.RawSyscall(sysSetns, file.Fd(), syscall.CLONE_NEWNET, 0); errno != 0 {
		return fmt.Errorf("setns %s: %w", namespace, errno)
	}
	return nil
}

// join copies both ways, and passes on each side's end of sending, until both have ended.
func join(client, server *net.TCPConn) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		pump(server, client)
	}()
	pump(client, server)
	<-done
}

func pump(to, from *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		from.Close()
		return
	}
	to.CloseWrite()
}
