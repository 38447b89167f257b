package bot

import "andon/signals"

// isBot reports whether an id is an app's and no person's: as its source says it,
// the roster, or Slack's own list, for the roster does not speak of apps.
func (b *Bot) isBot(org *signals.Org, id string) bool {
	p := org.Person(id)
	return signals.IsBot(id) || p != nil && p.Bot || b.c.App != nil && b.c.App(id)
}
