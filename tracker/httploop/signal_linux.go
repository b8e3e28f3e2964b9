package httploop

import (
	"fmt"
	"sync"

	"golang.org/x/sys/unix"
)

// signal wakes a worker out of its wait. The worker watches fd.
type signal struct {
	mu sync.Mutex // against writing to a descriptor that is somebody else's by now
	fd int
	up bool // fd is open
}

func (s *signal) open() (err error) {
	if s.fd, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return fmt.Errorf("eventfd: %w", err)
	}
	s.up = true
	return nil
}

func (s *signal) raise() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.up {
		_, _ = unix.Write(s.fd, []byte{1, 1, 1, 1, 1, 1, 1, 1}) // fails only if it was raised very often
	}
}

func (s *signal) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.up {
		closeFD(s.fd)
		s.up = false
	}
}
