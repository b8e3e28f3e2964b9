package netns

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// process is a program that runs in a namespace until it is killed.
type process struct {
	name  string
	cmd   *exec.Cmd
	log   string        // file: what it says
	ended chan struct{} // closed when it has
}

// start runs a program there. What it says goes to log.
func (s space) start(name, log string, args ...string) (*process, error) {
	file, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer file.Close() // the program has it, too
	cmd := exec.Command("ip", append([]string{"netns", "exec", string(s)}, args...)...)
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = file, file, bound()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p := &process{name: name, cmd: cmd, log: log, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		_ = cmd.Wait() // its state tells
	}()
	return p, nil
}

// failure is an error if the program is not running any more.
func (p *process) failure() error {
	select {
	case <-p.ended:
		return fmt.Errorf("%s has ended: %v: %s", p.name, p.cmd.ProcessState, p.lastWords())
	default:
		return nil
	}
}

func (p *process) lastWords() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " | ")
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}
