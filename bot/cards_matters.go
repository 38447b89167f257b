package bot

// matters says why a weakness is worth somebody's minute, by detector. Each is
// shown to people below what happened.
var matters = map[string]string{
	"long_path":         "Every hand-off costs time, and what was found out tends to get lost on the way.",
	"ping_pong":         "When it comes back, the two teams may see it differently. A short talk often settles that.",
	"person_ping_pong":  "When it comes back, a short talk often settles who can take it.",
	"climb":             "It went up and came down again. Those who can solve it may now be reached directly.",
	"stall":             "It has been quiet for a while. Somebody may be waiting without knowing for what.",
	"orphan":            "It is urgent, and nobody has it yet.",
	"at_risk":           "A word now may save it a longer way.",
	"blocked_chain":     "Several teams wait for the same thing. One answer may free them all.",
	"downgraded":        "It was made smaller, and people still speak of it. Both may be right.",
	"came_back":         "What was done the last time may not have reached the cause.",
	"unanswered_ask":    "Somebody waits for an answer and may be stuck.",
	"bounced_ask":       "Somebody was sent on more than once and may not know where to go.",
	"deflected":         "Somebody was asked to go elsewhere, and it may have ended there.",
	"untracked_problem": "A problem without a place of its own is easily forgotten.",
	"echo":              "Several people meet the same thing. Together they may know more than each alone.",
	"workaround":        "What helps again and again may hide what causes it.",
	"hedged":            "Careful words sometimes carry an early warning.",
	"quiet_incident":    "Those who wait for an end to this do not know how it stands.",
	"flapping":          "An alert that heals by itself is easily overlooked on the day when it does not.",
	"cord":              "Somebody wished that this is seen.",
}

// walked are the weaknesses that are about the way a case took: to them the path
// is shown to one person, too.
var walked = map[string]bool{"long_path": true, "ping_pong": true, "climb": true}
