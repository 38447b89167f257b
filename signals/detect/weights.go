package detect

// The weights below were fitted on public chat of two kinds in which people had
// marked which posts belong together: a busy support channel (some 18,500 posts)
// and four slow project rooms (some 3,100, each counted three times). pairWeights
// and noneWeights (parent_weights.go) maximise the chance that a post goes on
// with one of its own conversation, each possibility against all others, with a
// ridge of 5. askWeights are a logistic regression on 650 asks that nobody
// answered and 3,500 other posts that look like asks, rooms counted twice. All
// facts are of structure and general cues; no word of those chats is among them,
// and what was fitted on the one kind alone serves the other nearly as well.

// askWeights say how likely an utterance is an unanswered ask; see askFacts.
var askWeights = [nAsk + 1]float64{
	1.074, -1.691, -1.040, -0.198, -0.878, -2.893, -0.241, 0.085, -0.151, 0.019,
	-0.036, 0.132, -0.129, -0.424, 3.380, 0.251, -0.315, -2.215, -1.391, -0.407,
}
