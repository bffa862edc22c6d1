package elementary

const (
	// maxPicture is the most bytes of one picture that are kept until it is whole.
	// It answers a stream whose pictures never end; a JPEG of 2040 x 2040 has a
	// tenth of it.
	maxPicture = 8 << 20
	// maxWaiting is how many packets wait for one that is missing before them; then
	// it is lost. It answers losses: a path that lets packets overtake each other
	// does so within a burst, of a large key frame at the most.
	maxWaiting = 64
)
