package slack

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"andon/signals"
)

// outer is the wrapping of one delivery of the Events API.
type outer struct {
	Type     string // event_callback, app_rate_limited, url_verification
	ID       string // event_id, the same however often it is delivered
	App      string // id of the app that it is delivered to: ours
	External bool   // of a channel that is shared with another organisation
	At       time.Time
	Event    gjson.Result
	raw      gjson.Result
}

var errNoObject = errors.New("a delivery that is not a JSON object")

// openEnvelope reads the wrapping. The bytes that gjson holds on to are those
// of a copy, so that raw may be used for something else.
func openEnvelope(raw []byte) (outer, error) {
	if !gjson.ValidBytes(raw) {
		return outer{}, errNoObject
	}
	v := gjson.ParseBytes(raw)
	if !v.IsObject() {
		return outer{}, errNoObject
	}
	o := outer{
		Type: scalar(v.Get("type")), ID: scalar(v.Get("event_id")), App: scalar(v.Get("api_app_id")),
		External: v.Get("is_ext_shared_channel").Bool(), Event: v.Get("event"), raw: v,
	}
	// The event's own time is finer than that of the wrapping.
	for _, ts := range []string{scalar(o.Event.Get("event_ts")), scalar(o.Event.Get("ts")), scalar(v.Get("event_time"))} {
		if at, err := ParseTS(ts); err == nil {
			o.At = at
			break
		}
	}
	return o, nil
}

// deliveryOf makes what is stored of a delivery: the bytes as they came, and the
// events that are derived from them. An error says why there are none; the
// envelope is to be stored all the same, so that it can be read again later.
func deliveryOf(team string, raw []byte, now time.Time, o LiveOptions) (signals.Delivery, error) {
	d := signals.Delivery{Envelope: signals.Envelope{Source: signals.Slack + "/" + team, ID: envelopeID(raw), Received: now, Body: raw}}
	var err error
	d.Events, d.Rooms, err = Normalize(team, raw, o)
	return d, err
}

// envelopeID is the event_id of a delivery. One without, such as
// app_rate_limited, is known by its bytes.
func envelopeID(raw []byte) string {
	if gjson.ValidBytes(raw) {
		if id := scalar(gjson.GetBytes(raw, "event_id")); id != "" && len(id) <= 128 && !strings.ContainsAny(id, "\x00\n") {
			return strings.Clone(id)
		}
	}
	return fingerprint(string(raw))
}

// fingerprint stands for things that have no id of their own.
func fingerprint(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0}) // a hash takes every byte
	}
	return "hash:" + hex.EncodeToString(h.Sum(nil)[:16])
}

// roomOf returns the bare id of the channel that an inner event happened in, "" for
// none.
func roomOf(e gjson.Result) string {
	for _, path := range []string{"channel", "item.channel", "channel.id", "channel_id"} {
		if id := scalar(e.Get(path)); id != "" {
			return id
		}
	}
	return ""
}

// kindOf reads the channel_type of an event. The letters C and G of membership
// events are left out: private channels bear C in their ids too, so that they
// say nothing that could be relied on but G, that a channel is not public.
func kindOf(channel, channelType string) Kind {
	switch channelType {
	case "channel":
		return PublicChannel
	case "group", "G":
		return PrivateChannel
	case "mpim":
		return GroupMessage
	case "im", "app_home":
		return DirectMessage
	}
	if strings.HasPrefix(channel, "D") {
		return DirectMessage
	}
	return UnknownChannel
}

// personOf reads a user object of users.list or of a user_change event.
func (w *workspace) personOf(v gjson.Result) Person {
	id, profile := scalar(v.Get("id")), v.Get("profile")
	bot := v.Get("is_bot").Bool() || v.Get("is_workflow_bot").Bool() || id == slackbot
	local := id
	if bot && id != "" {
		local = botPrefix + id
	}
	return Person{
		ID: signals.ID(signals.Slack, w.Team, strings.Clone(local)), Bot: bot,
		Name:     strings.Clone(cmp.Or(scalar(v.Get("name")), scalar(profile.Get("display_name")))),
		RealName: strings.Clone(cmp.Or(scalar(v.Get("real_name")), scalar(profile.Get("real_name")))),
		Email:    strings.Clone(scalar(profile.Get("email"))), Zone: strings.Clone(scalar(v.Get("tz"))),
		Deleted: v.Get("deleted").Bool(), Stranger: v.Get("is_stranger").Bool(),
		Restricted: v.Get("is_restricted").Bool() || v.Get("is_ultra_restricted").Bool(),
	}
}
