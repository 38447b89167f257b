package detect

// The weights below were fitted by logistic regression (Newton's method, ridge
// penalty) on disentangled public chat: some 48,000 messages of a busy support
// channel with a third of them annotated, and 3,000 messages of four slow
// project rooms. The facts are about structure (who addresses whom, order,
// pace, turn-taking) and general cues; no word of those chats is among them.
// Each fold of channels was scored by weights that had not seen it.

// linkWeights say how likely a post goes on with an utterance; see linkFacts.
var linkWeights = [nLink + 1]float64{
	2.26, -3.21, -0.35, -0.11, -0.51, 0.02, -3.27, -1.47, -0.12, 1.61, 0.56, -0.54, -0.33, 3.05, 1.05, 0.11,
	-0.17, -0.35, -0.81, 0.21, -0.07, -0.91, -0.82, -0.63, 0.19, -0.18, -0.28, 0.65,
}

// askWeights say how likely an utterance is an unanswered ask; see askFacts.
var askWeights = [nAsk + 1]float64{
	0.21, 0.41, -0.12, -0.19, 0.11, -1.63, -0.81, 0.14, -0.00, 0.29, -0.48, 0.48, -0.39, -1.91, 1.24, -0.47,
	0.04, 0.09, -0.75, -0.24, 0.11, 0.11, -0.05, -0.49, 0.11, -0.04, -1.06, -0.65, -0.34, 0.12, -0.44, 0.49,
	0.37, 0.67, -0.13, 0.75, 0.08, -4.79,
}
