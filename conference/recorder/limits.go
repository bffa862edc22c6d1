package recorder

const (
	// maxQueue is how many frames of sound and packets of pictures wait for the
	// disk: of a group with sound and pictures some two seconds. It answers a disk
	// that is slow or full; what finds no place is left out and counted.
	maxQueue = 1024
	// maxFiles is how many files one recording has: whoever sends under ever new
	// SSRCs does not fill the folder.
	maxFiles = 256
	// maxFormats is as many Formats as the conference keeps of a Participant.
	maxFormats = 64
)
