package slack

// Scope is one right of the app's token, with what it is for.
type Scope struct {
	Name     string
	Use      string   // a sentence's end: "andon needs it to ..."
	Events   []string // of the Events API that come with it
	Private  bool     // wanted only where private channels are watched
	Optional bool     // andon runs without it, and does less
}

// Scopes are the least that andon needs, in the order of their names. The
// manifest asks for them, and Inspect compares with them.
var Scopes = []Scope{
	{Name: "app_mentions:read", Use: "answer when somebody speaks to it by name", Events: []string{"app_mention"}},
	{Name: "channels:history", Use: "read the public channels that it was invited to", Events: []string{"message.channels"}},
	{Name: "channels:join", Use: "join the public channels whose names the configuration lists; without it somebody invites it", Optional: true},
	{Name: "channels:read", Use: "know the names of channels and who is in them", Events: []string{
		"member_joined_channel", "member_left_channel", "channel_rename", "channel_archive", "channel_unarchive", "channel_deleted", "channel_id_changed",
		"channel_created", "channel_left", "channel_shared", "channel_unshared",
	}},
	{Name: "chat:write", Use: "write"},
	{Name: "commands", Use: "answer /andon and the shortcuts"},
	{Name: "dnd:read", Use: "know when people do not want to be disturbed", Optional: true},
	{Name: "files:read", Use: "wait until a picture of a chart can be shown, in a workspace that does not draw charts itself", Optional: true},
	{Name: "files:write", Use: "send a chart as a picture, in a workspace that does not draw charts itself", Optional: true},
	{Name: "groups:history", Use: "read the private channels that it was invited to", Events: []string{"message.groups"}, Private: true},
	{Name: "groups:read", Use: "know the names of those channels and who is in them", Events: []string{"group_rename", "group_archive", "group_unarchive", "group_left"}, Private: true},
	{Name: "im:history", Use: "read what people write to it, and look whether a message was sent already", Events: []string{"message.im"}},
	{Name: "im:write", Use: "write to people directly"},
	{Name: "mpim:history", Use: "look whether a message was sent already to people whom it brought together", Optional: true},
	{Name: "mpim:write", Use: "bring two people together in one direct message", Optional: true},
	{Name: "reactions:read", Use: "see the emoji by which people pull the cord, look at something or solve it", Events: []string{"reaction_added", "reaction_removed"}},
	{Name: "usergroups:read", Use: "know who is on call, where a user group says so", Optional: true},
	{Name: "users.profile:read", Use: "know managers, where the workspace has a profile field for them", Optional: true},
	{Name: "users:read", Use: "know people, their time zones, and who is a guest, an app or gone", Events: []string{"user_change", "team_join"}},
}

// posting are the scopes without which nothing can be sent at all.
var posting = []string{"chat:write", "im:write", "im:history", "channels:history"}

// useOf says what a scope is for.
func useOf(name string) string {
	for _, s := range Scopes {
		if s.Name == name {
			return s.Use
		}
	}
	return "send"
}
