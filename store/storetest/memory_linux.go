package storetest

import "syscall"

// memory is a file system that no disk stands behind.
const memory = "/dev/shm"

// roomInMemory tells whether many tests fit in there: containers often have
// 64 MB, which a few databases fill.
func roomInMemory() bool {
	var s syscall.Statfs_t
	return syscall.Statfs(memory, &s) == nil && s.Bavail*uint64(s.Bsize) > 2<<30 //nolint:gosec // a size
}
