package duel

import "syscall"

// dieTogether has the kernel end a server if this program is killed. (One that drops
// its privileges drops this too.)
func dieTogether() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
