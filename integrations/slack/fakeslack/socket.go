package fakeslack

// openSocket is where Socket Mode begins: it would answer with the address of a
// WebSocket. This server takes bot tokens only, and says of them what Slack
// says when one is used here.
func (s *Server) openSocket(args) answer { return refuse("not_allowed_token_type") }
