package allocation

const (
	// MaxBlock is the most contiguous addresses of one Lease: layers of one
	// session. It answers who asks for all there are.
	MaxBlock = 16
	// maxDraws is how many addresses are drawn before the range is searched in
	// order, and maxSearch how many of it are looked at then. They bound what a
	// request costs where nearly all is taken.
	maxDraws  = 32
	maxSearch = 4096
	// maxFile is the longest file of leases that is read, in bytes: a longer one
	// is not ours.
	maxFile = 16 << 20
)
