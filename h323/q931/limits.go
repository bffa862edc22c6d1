package q931

const (
	// maxElements in a message. Some elements are one octet long: without a
	// bound, a TPKT would become two megabytes of them. Real messages have ten.
	maxElements = 128
	// maxData is what a length of one octet can tell.
	maxData = 0xff
	// maxUserUser is what the user-user element's length of two octets can tell.
	maxUserUser = 0xffff
	// maxReference of a call, 15 bits beside the flag.
	maxReference = 0x7fff
)
