//go:build !linux

package netns

import (
	"errors"
	"syscall"
)

func (s space) within(func() error) error { return errors.New("network namespaces are Linux's") }

func bound() *syscall.SysProcAttr { return nil }
