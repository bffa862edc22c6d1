package codecs

import "strings"

// canonicalName returns the registry's spelling of an encoding name that is
// common here, and any other as it stands.
func canonicalName(name string) string {
	switch lower := strings.ToLower(name); lower {
	case "pcmu", "pcma", "g722", "g729", "gsm", "l8", "l16", "l24", "dvi4", "cn",
		"g723", "g728", "lpc", "qcelp", "mp2t",
		"g726-16", "g726-24", "g726-32", "g726-40",
		"aal2-g726-16", "aal2-g726-24", "aal2-g726-32", "aal2-g726-40",
		"h261", "h263", "h264", "h265", "vp8", "vp9", "av1", "jpeg", "mpv", "mpa":
		return strings.ToUpper(lower)
	case "opus", "speex", "telephone-event", "rtx", "red", "ulpfec", "flexfec-03":
		return lower
	case "h263-1998":
		return "H263-1998"
	case "h263-2000":
		return "H263-2000"
	case "celb":
		return "CelB"
	case "ilbc":
		return "iLBC"
	}
	return name
}

// Canonical returns f with the registry's spelling of a known name and with
// canonical parameters. Parameters that cannot be parsed are dropped.
func (f Format) Canonical() Format {
	f.Name = canonicalName(f.Name)
	// RFC 3551 4.5.2: the clock of G722 is 8000 for historical reasons; some
	// senders name the sampling rate instead and yet count in 8000.
	if f.Name == "G722" && f.ClockRate == 16000 {
		f.ClockRate = 8000
	}
	fmtp, err := CanonicalFmtp(f.Fmtp)
	if err != nil {
		fmtp = ""
	}
	f.Fmtp = fmtp
	return f
}
