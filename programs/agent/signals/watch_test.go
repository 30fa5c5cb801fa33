package signals

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestSeesStopSignalsOfOtherProcesses(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	watcher, err := Watch()
	if err != nil {
		t.Skip(err)
	}
	seen := make(chan Signal, 1000)
	ended := make(chan error)
	go func() {
		ended <- watcher.Run(func(signal Signal) { seen <- signal }, func(uint64) { t.Error("lost records") })
	}()
	sleeper := exec.Command("sleep", "30")
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	for _, each := range []unix.Signal{unix.SIGCONT, unix.SIGWINCH, unix.SIGTERM} {
		if err := sleeper.Process.Signal(each); err != nil {
			t.Fatal(err)
		}
	}
	_ = sleeper.Wait()
	after := time.Now()
	watcher.Stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	close(seen)
	var got []Signal
	for each := range seen {
		if each.PID == sleeper.Process.Pid {
			got = append(got, each)
		}
	}
	if len(got) != 2 || got[0].Number != unix.SIGWINCH || got[1].Number != unix.SIGTERM || got[1].Ignored {
		t.Fatalf("saw %+v", got)
	}
	for _, each := range got {
		if each.At.Before(before.Add(-time.Millisecond)) || each.At.After(after.Add(time.Millisecond)) {
			t.Errorf("%v at %v, sent between %v and %v", each.Number, each.At, before, after)
		}
	}
}

func TestParsesTheFormatOfTheTracepoint(t *testing.T) {
	format := "name: signal_generate\nID: 261\nformat:\n\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n" +
		"\n\tfield:int sig;\toffset:8;\tsize:4;\tsigned:1;\n\tfield:char comm[16];\toffset:20;\tsize:16;\tsigned:0;\n" +
		"\tfield:pid_t pid;\toffset:36;\tsize:4;\tsigned:1;\n\tfield:int result;\toffset:44;\tsize:4;\tsigned:1;\n"
	got, err := parseFormat(format)
	if want := (layout{signal: 8, pid: 36, result: 44, bytes: 48}); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := parseFormat("field:int sig;\toffset:8;\tsize:4;\tsigned:1;\n"); err == nil {
		t.Error("a format without a pid was taken")
	}
}
