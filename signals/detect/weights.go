package detect

// The weights below were fitted on public chat of two kinds in which people had
// marked which posts belong together: a busy support channel (some 18,500 posts)
// and four slow project rooms (some 3,100, each counted three times). pairWeights
// and noneWeights (parent_weights.go) maximise the chance that a post goes on
// with one of its own conversation, each possibility against all others, with a
// ridge of 5. crowdNet (crowd_weights.go) was fitted to the same end on top of
// them, on 16,000 posts of the busy channel, with a ridge of 3. askWeights are a
// logistic regression on some 600 asks that nobody answered and 3,600 other posts
// that look like asks, rooms counted twice, with a ridge of 5. All facts are of structure and
// general cues; no word of those chats is among them, and what was fitted on the
// one kind alone serves the other nearly as well.

// askWeights say how likely an utterance is an unanswered ask, first of the facts
// as they are, then of each times the pace; see askFacts.
var askWeights = [nAsk + 1]float64{
	0.393, -0.196, -0.196, -0.442, -0.405, -1.414, -0.096, 0.340, -0.304, -0.521,
	-0.057, 0.275, -0.539, -0.425, 1.684, 0.249, 0.305, -0.045, -0.253, 0.258,
	-0.203, -0.100, -0.236, -0.205, -0.735, -0.158, -0.042, 0.240, 0.510, 0.062,
	-0.152, 0.380, -0.011, 1.147, 0.070, -0.146, -0.484, -0.287, -2.664,
}
