package detect

// pairWeights and noneWeights say what a post of a flat channel goes on with;
// see pairFacts and noneFacts.
var pairWeights = [nPair]float64{
	5.03, -4.02, 3.79, -0.68, -0.54, -1.28, -0.49, -1.36, -0.71, -0.70, -0.05, -1.65,
	1.92, 1.17, -1.50, -0.56, -0.67, -0.88, -0.21, 0.66, 1.21, -0.55, 0.08, 4.87,
	1.38, -0.31, 2.55, 0.79, 0.76, 0.59, -1.04, -0.41, 1.27, -1.74, -0.98, 0.13,
}

var noneWeights = [nNone]float64{
	-1.49, 1.06, 0.64, 1.02, 0.23, 0.12, 0.06, -0.74, -0.05, -0.96, 0.71, 0.56,
	0.04, 0.28, 0.37, 0.95, 0.01, -0.31,
}
