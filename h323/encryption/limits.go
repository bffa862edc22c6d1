package encryption

const (
	// maxTokens of a message are looked at. Each group costs an exponentiation
	// of milliseconds, and only the first common one is computed.
	maxTokens = 32
	// privateBits is the size of a private exponent: twice the strength of the
	// largest group here (RFC 3526 clause 8), at a fifth of the time that one of
	// full size takes.
	privateBits = 320
)
