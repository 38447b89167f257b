package fakeslack

// methods are the methods of the Web API. They are called with the lock held.
var methods = map[string]func(*Server, args) answer{
	"auth.test":                    (*Server).authTest,
	"team.info":                    (*Server).team,
	"chat.postMessage":             (*Server).postMessage,
	"chat.postEphemeral":           (*Server).postEphemeral,
	"chat.update":                  (*Server).update,
	"chat.delete":                  (*Server).delete,
	"chat.getPermalink":            (*Server).permalink,
	"conversations.open":           (*Server).open,
	"conversations.history":        (*Server).history,
	"conversations.replies":        (*Server).replies,
	"conversations.info":           (*Server).info,
	"conversations.list":           (*Server).list,
	"users.conversations":          (*Server).list,
	"conversations.members":        (*Server).memberList,
	"conversations.join":           (*Server).joinCall,
	"conversations.leave":          (*Server).leaveCall,
	"conversations.invite":         (*Server).inviteCall,
	"users.info":                   (*Server).userInfo,
	"users.list":                   (*Server).userList,
	"users.lookupByEmail":          (*Server).lookupByEmail,
	"users.getPresence":            (*Server).presence,
	"users.profile.get":            (*Server).profile,
	"team.profile.get":             (*Server).teamProfile,
	"usergroups.list":              (*Server).groupList,
	"usergroups.users.list":        (*Server).groupUsers,
	"dnd.info":                     (*Server).dndInfo,
	"dnd.teamInfo":                 (*Server).teamInfo,
	"reactions.add":                (*Server).react,
	"reactions.remove":             (*Server).unreact,
	"reactions.get":                (*Server).reactions,
	"views.open":                   (*Server).openView,
	"views.push":                   (*Server).pushView,
	"views.publish":                (*Server).publishView,
	"views.update":                 (*Server).updateView,
	"files.getUploadURLExternal":   (*Server).uploadURL,
	"files.completeUploadExternal": (*Server).completeUpload,
	"files.info":                   (*Server).fileInfo,
	"apps.connections.open":        (*Server).openSocket,
}

// scopes are what a method needs; * stands for the kind of its conversation.
var scopes = map[string]string{
	"team.info": "team:read", "chat.postMessage": "chat:write", "chat.postEphemeral": "chat:write", "chat.update": "chat:write", "chat.delete": "chat:write",
	"conversations.open": "im:write", "conversations.history": "*:history", "conversations.replies": "*:history", "conversations.info": "*:read",
	"conversations.members": "*:read", "conversations.list": "channels:read", "users.conversations": "channels:read", "conversations.join": "channels:join",
	"conversations.invite": "channels:manage", "users.info": "users:read", "users.list": "users:read", "users.getPresence": "users:read",
	"users.lookupByEmail": "users:read.email", "users.profile.get": "users.profile:read", "team.profile.get": "users.profile:read",
	"usergroups.list": "usergroups:read", "usergroups.users.list": "usergroups:read", "dnd.info": "dnd:read", "dnd.teamInfo": "dnd:read",
	"reactions.add": "reactions:write", "reactions.remove": "reactions:write", "reactions.get": "reactions:read",
	"files.getUploadURLExternal": "files:write", "files.completeUploadExternal": "files:write", "files.info": "files:read",
}

// scopeFor returns the scope that a call needs, or "".
func scopeFor(method string, a args) string {
	needed := scopes[method]
	if needed == "" || needed[0] != '*' {
		return needed
	}
	kind := "channels"
	if id := a.get("channel"); id != "" {
		switch id[0] {
		case 'G':
			kind = "groups"
		case 'D':
			kind = "im"
		}
	}
	return kind + needed[1:]
}

func (s *Server) team(args) answer {
	return answer{"ok": true, "team": answer{"id": s.o.Team, "name": s.o.TeamName, "domain": "fake", "email_domain": "", "icon": answer{"image_default": true}}}
}
