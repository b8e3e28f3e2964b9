package netns

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// within calls do on a thread that is in the namespace meanwhile: sockets made there stay
// of there. do must not start goroutines that make more.
func (s space) within(do func() error) error {
	runtime.LockOSThread()
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer home.Close()
	if err := enter(filepath.Join(folder, string(s))); err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("namespace %s: %w", s, err)
	}
	failed := do()
	if err := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("cannot leave namespace %s: %w", s, err) // the thread stays locked: nobody else may have it
	}
	runtime.UnlockOSThread()
	return failed
}

func enter(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Setns(int(f.Fd()), unix.CLONE_NEWNET)
}

// bound is how processes are tied to this one: a group of their own, so that Ctrl-C at the
// terminal is not for them, and an end with whoever started them.
func bound() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
