// Package mmsg receives and sends UDP datagrams many at a time on Linux
// (recvmmsg(2), sendmmsg(2)) from buffers that are laid out once: no system call of
// a [Batch] allocates, and none goes through the poller of package net. It is for
// goroutines that own a thread (runtime.LockOSThread).
package mmsg
