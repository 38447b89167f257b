// Package snap writes and reads snapshots of models: a compact binary stream
// with a version at its start and a checksum at its end.
//
//	magic version | section, section, ... | CRC-32C
//
// The owner of a model writes its state as numbers and strings with a Writer and
// reads them back in the same order with a Reader. Both keep the first error, so
// that only the end has to be looked at. A section is what one model writes; it
// bears a name and a version of its own, and a reader of another version refuses
// it, which means: build the model anew.
//
// A Reader trusts nothing: input that is cut, changed or made up gives an error,
// never a panic, and no count makes it reserve more than the bytes that are left
// could fill. What was read is good only when Close has found the checksum right.
//
// The package owns the form of the bytes. What is in a snapshot is the business
// of each model (signals/text, signals/route, signals/risk), where it is stored
// and when it is taken that of the caller.
package snap
