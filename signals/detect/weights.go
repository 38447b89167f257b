package detect

// The weights below were fitted by logistic regression (Newton's method, ridge
// penalty 1 for linkWeights and 3 for askWeights) on public chat of three kinds
// in which people had marked who answers whom, or what was left without an
// answer: a busy support channel (some 18,000 marked messages), four slow
// project rooms (some 3,000), and 60 asks in a workspace that uses threads
// (askWeights only, at a tenth of the weight). The facts are about
// structure (who addresses whom, order, pace, turn-taking) and general cues; no
// word of those chats is among them. Weights fitted on busy channels alone do
// not serve slow rooms, nor the other way round.

// linkWeights say how likely a post goes on with an utterance; see linkFacts.
var linkWeights = [nLink + 1]float64{
	2.22, -3.28, 0.24, -0.07, -0.96, -0.95, -0.20, -0.09, -0.52, -2.94, -1.70, -0.34, 0.30, -0.65, -0.17, 0.90,
	-0.19, -0.50, 0.12, 0.08, -0.36, -1.42, 0.01, 1.59, 0.55, 3.14, 0.17, -0.23, -0.21, 0.69,
}

// askWeights say how likely an utterance is an unanswered ask; see askFacts.
var askWeights = [nAsk + 1]float64{
	0.24, 0.29, -0.43, -0.18, 0.22, -0.38, 0.11, -0.34, -1.51, 0.30, -0.47, 0.50, -0.45, 0.13, 0.35, -0.04,
	-0.40, -0.92, 0.04, 0.56, 0.12, 0.13, -0.49, -0.10, -0.38, 0.74, -1.99, 1.17, -0.45, 0.03, -0.75, 0.47,
	0.40, -0.93, -0.15, -4.50,
}
