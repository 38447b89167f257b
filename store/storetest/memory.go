//go:build !linux

package storetest

const memory = ""

func roomInMemory() bool { return false }
