package gsm

// The tables of 5.4. Those of the LARs have one entry for each of the eight.
var (
	// Table 5.1: quantization of the log area ratios.
	larA   = [8]int16{20480, 20480, 20480, 20480, 13964, 15360, 8534, 9036}
	larB   = [8]int16{0, 0, 2048, -2560, 94, -1792, -341, -1144}
	larMin = [8]int16{-32, -32, -16, -16, -8, -8, -4, -4}
	larMax = [8]int16{31, 31, 15, 15, 7, 7, 3, 3}
	// Table 5.2: 1/A.
	larInverseA = [8]int16{13107, 13107, 13107, 13107, 19223, 17476, 31454, 29708}

	// Table 5.3: decision levels and levels of the long-term gain.
	gainDecision = [4]int16{6554, 16384, 26214, 32767}
	gainLevel    = [4]int16{3277, 11469, 21299, 32767}

	// Table 5.4: the weighting filter.
	weights = [11]int16{-134, -374, 0, 2054, 5741, 8192, 5741, 2054, 0, -374, -134}

	// Table 5.5 and 5.6: mantissas of the pulses' maximum, and their inverse.
	inverseMantissa = [8]int16{29128, 26215, 23832, 21846, 20165, 18725, 17476, 16384}
	mantissaLevel   = [8]int16{18431, 20479, 22527, 24575, 26623, 28671, 30719, 32767}
)
