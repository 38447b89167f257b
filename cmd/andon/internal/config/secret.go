package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a value that is never printed: every verb of fmt, every encoder and
// slog show only whether it is set. string(s) reveals it, for the one place
// that sends it.
type Secret string

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return "(not set)"
	}
	return "(set)"
}

// Format hides the secret from every verb, %#v and %d too.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the secret from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
