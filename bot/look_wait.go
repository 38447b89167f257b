package bot

import (
	"time"

	"andon/signals"
)

// unreadPause is after how long a look is tried again that waits for what is not
// read yet.
const unreadPause = time.Minute

// unread reports whether what is due waits: an answer may have been given that
// nobody heard. What was heard is judged all the same.
func (l *look) unread() bool {
	return l.c.Unread != nil && l.c.Unread(l.st.Case)
}

// overdue is when a case wanted to be looked at first, of what waits since and
// what is stored. A new process knows the latter only: it judges some minutes
// later than it would have.
func (b *Bot) overdue(k signals.Key, stored time.Time) time.Time {
	if at, ok := b.waits[k]; ok && (stored.IsZero() || at.Before(stored)) {
		return at
	}
	return stored
}

// waited keeps the wish of a look that waits, or forgets one that was judged.
func (b *Bot) waited(l *look) {
	if l.out.Look.IsZero() || l.out.Look.Equal(l.wish) {
		delete(b.waits, l.st.Case)
		return
	}
	if b.waits == nil {
		b.waits = make(map[signals.Key]time.Time)
	}
	b.waits[l.st.Case] = l.wish
}
