package view

// Plain makes a text of others fit to be shown: without the control characters
// that could colour, move or rename a terminal, and without the marks that turn
// the direction of what follows them. Line breaks and tabs stay.
func Plain(s string) string {
	out := []rune(nil)
	for i, r := range s {
		if !unfit(r) {
			if out != nil {
				out = append(out, r)
			}
			continue
		}
		if out == nil {
			out = append(make([]rune, 0, len(s)), []rune(s[:i])...)
		}
	}
	if out == nil {
		return s
	}
	return string(out)
}

func unfit(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < 0x20, r >= 0x7f && r < 0xa0: // C0, DEL, C1
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // embeddings, overrides, isolates
		return true
	}
	return false
}

// Line makes a text of others fit for one cell of a table: plain, on one line
// and at most so many letters long.
func Line(s string, most int) string {
	runes := []rune(Plain(s))
	for i, r := range runes {
		if r == '\n' || r == '\t' || r == 0x2028 || r == 0x2029 {
			runes[i] = ' '
		}
	}
	if len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return string(runes)
}
