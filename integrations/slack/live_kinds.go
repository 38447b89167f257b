package slack

import "andon/signals"

// Public reports whether a channel is public, as Slack said last; channel is made
// by signals.ID. Where Slack has not said, known is false.
func (d *Directory) Public(channel string) (public, known bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kind := d.now.Kinds[signals.Bare(channel)]
	return kind == PublicChannel, kind != UnknownChannel
}
