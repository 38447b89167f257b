package risk

// title keeps the hashes of the words of a title: runs of letters and digits,
// without regard to case, each once.
func (t *trail) title(s string) {
	t.words, t.titleLen = t.words[:0], len(s)
	if t.mute {
		return
	}
	h, length := uint64(offset), 0
	flush := func() {
		if length > 1 && len(t.words) < mostWords && !contains(t.words, h) {
			t.words = append(t.words, h)
		}
		h, length = offset, 0
	}
	for i := range len(s) {
		b := s[i]
		switch {
		case b >= 'A' && b <= 'Z':
			b += 'a' - 'A'
		case b >= 'a' && b <= 'z', b >= '0' && b <= '9', b >= 0x80:
		default:
			flush()
			continue
		}
		h, length = (h^uint64(b))*prime, length+1
	}
	flush()
}

// height is the greatest digit in the name of a level, 0 without one.
func height(level string) int {
	h := 0
	for i := range len(level) {
		if b := level[i]; b >= '0' && b <= '9' {
			h = max(h, int(b-'0'))
		}
	}
	return h
}

// FNV-1a, 64 bits (Fowler, Noll, Vo 1991): a hash that is the same on every
// machine.
const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

func hash(s string) uint64 {
	h := uint64(offset)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return h
}

func contains(list []uint64, v uint64) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}
