package signals

import "fmt"

// Reject is one thing that a reader could not understand. It is kept with its
// raw form, so that nothing is lost silently.
type Reject struct {
	Where string // file and line, or the source's own id
	Err   error
	Raw   []byte // what was received, cut to a bounded length by the reader
}

// Error makes a Reject usable as an error; the raw form is not part of it.
func (r Reject) Error() string { return fmt.Sprintf("%s: %v", r.Where, r.Err) }

// Unwrap returns the cause.
func (r Reject) Unwrap() error { return r.Err }
