package bot

import (
	"context"
	"fmt"
	"time"
)

// sinceMark is the cursor that holds when a digest was first looked for: that is
// since when it is known what a digest would tell.
const sinceMark = "digests since"

// watchedSince is since when andon watches, which begins with the first asking.
func (b *Bot) watchedSince(ctx context.Context, now time.Time) (time.Time, error) {
	text, err := b.c.Store.Cursor(ctx, sinceMark)
	if err != nil {
		return time.Time{}, fmt.Errorf("look up since when andon watches: %w", err)
	}
	if since, err := time.Parse(time.RFC3339, text); err == nil {
		return since, nil
	}
	return now, b.c.Store.SetCursor(ctx, sinceMark, now.UTC().Format(time.RFC3339))
}
