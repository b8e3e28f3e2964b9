//go:build !linux

package duel

import "syscall"

// dieTogether is for Linux.
func dieTogether() *syscall.SysProcAttr { return nil }
