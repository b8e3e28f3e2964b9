package duel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/altracker/altracker/bench/load/machine"
)

// grace is how long a server may take to end after it was asked to.
const grace = 5 * time.Second

// notFound is the status that shells end with where a program is not found. A server
// that lacks a part of itself may say so with it.
const notFound = 127

// process is a server that runs.
type process struct {
	pid    int
	output string // file
	cancel context.CancelFunc
	done   chan struct{} // closed when it has ended
	err    error         // how; to be read after done
}

// start runs a command on some processors. Nothing of it outlives ctx or stop, but
// by grace.
func start(ctx context.Context, command []string, dir string, cpus []int, nice int) (*process, error) {
	p := &process{output: filepath.Join(dir, "output"), done: make(chan struct{})}
	out, err := os.Create(p.output)
	if err != nil {
		return nil, err
	}
	ctx, p.cancel = context.WithCancel(ctx)
	started := make(chan error)
	go func() {
		defer close(p.done)
		defer out.Close()
		// The thread hands its processors on to what it starts, and stays as long,
		// for a child may be told to die with it.
		if err := machine.Own(cpus, nice); err != nil {
			started <- err
			return
		}
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
		cmd.SysProcAttr = dieTogether()
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		cmd.WaitDelay = grace
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		p.pid = cmd.Process.Pid
		started <- nil
		p.err = cmd.Wait()
	}()
	if err := <-started; err != nil {
		p.cancel()
		return nil, err
	}
	return p, nil
}

// stop ends the process and waits for it.
func (p *process) stop() {
	p.cancel()
	<-p.done
}

// await waits until probe succeeds; the process may not end before.
func (p *process) await(ctx context.Context, patience time.Duration, probe func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	last := errors.New("not asked")
	for {
		if err := probe(ctx); err == nil {
			return nil
		} else if ctx.Err() == nil {
			last = err
		}
		select {
		case <-p.done:
			if exit := new(exec.ExitError); errors.As(p.err, &exit) && exit.ExitCode() == notFound {
				return fmt.Errorf("%w%s", errMissing, p.said())
			}
			return fmt.Errorf("it has ended: %w%s", exitOf(p.err), p.said())
		case <-ctx.Done():
			return fmt.Errorf("no answer in %v: %w%s", patience, last, p.said())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

var errDone = errors.New("exit status 0")

// exitOf returns how a process ended, for which Wait has no error if it ended well.
func exitOf(err error) error {
	if err == nil {
		return errDone
	}
	return err
}

// said returns the end of what the process printed.
func (p *process) said() string {
	const most = 1000
	b, err := os.ReadFile(p.output)
	if b = bytes.TrimSpace(b); err != nil || len(b) == 0 {
		return ""
	}
	return fmt.Sprintf("; it said:\n%s", b[max(0, len(b)-most):])
}
