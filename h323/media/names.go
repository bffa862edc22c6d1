package media

// The encoding names of the IANA registry for what H.245 has a word for.
const (
	formatPCMU      = "PCMU"
	formatPCMA      = "PCMA"
	formatG722      = "G722"
	formatG7221     = "G7221" // clock 16000; Annex C 32000 (RFC 5577)
	formatG723      = "G723"
	formatG728      = "G728"
	formatG729      = "G729"
	formatGSM       = "GSM"
	formatGSMHR     = "GSM-HR-08"
	formatGSMEFR    = "GSM-EFR"
	formatILBC      = "iLBC"
	formatAMR       = "AMR"
	formatAMRWB     = "AMR-WB" // G.722.2
	formatMPEG4     = "mpeg4-generic"
	formatEvent     = "telephone-event"
	formatCN        = "CN" // RFC 3389
	formatH261      = "H261"
	formatMPV       = "MPV" // H.262
	formatH263      = "H263"
	formatH263v2    = "H263-1998"
	formatH263v3    = "H263-2000"
	formatH264      = "H264"
	formatMP4V      = "MP4V-ES"
	formatH224      = "H224" // RFC 4573
	videoClock      = 90000
	h224Clock       = 4800 // RFC 4573 clause 3
	h224BitRate     = 6400 // H.224 clause 7 and H.323: 64 in 100 bit/s, as peers say
	h245BitRateUnit = 100  // bit/s, of each maxBitRate of H.245

	// defaultEventPayloadType is what is usual for telephone-event.
	defaultEventPayloadType = 101
	defaultEvents           = "0-15"
)
