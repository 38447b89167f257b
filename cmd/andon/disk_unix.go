//go:build linux || darwin

package main

import "syscall"

// room is how many bytes the file system of a folder has left for this user.
func room(folder string) (free uint64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil || s.Bsize <= 0 {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true //nolint:gosec // above zero
}
