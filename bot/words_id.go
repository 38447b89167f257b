package bot

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"strings"
)

// shortID is what people call a signal: six letters and digits made of its key,
// always the same.
func shortID(signalKey string) string {
	sum := sha256.Sum256([]byte(signalKey))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))[:6]
}

var idForm = regexp.MustCompile(`^#?[A-Za-z2-7]{6}$`)

// asShortID reads a word as a short id. A word of six letters looks like one, too.
func asShortID(word string) (id string, ok bool) {
	word = strings.Trim(word, ",.:;!?()[]")
	if !idForm.MatchString(word) {
		return "", false
	}
	return strings.ToLower(strings.TrimPrefix(word, "#")), true
}
