package detect

var linkWeights [nLink + 1]float64
var askWeights [nAsk + 1]float64
