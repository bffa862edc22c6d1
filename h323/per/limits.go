package per

// Limits bound what Unmarshal spends on one value. A zero field means its
// default.
type Limits struct {
	// Depth of nested SEQUENCE, CHOICE, SEQUENCE OF and open types: recursive
	// types would else let a small message exhaust the stack.
	Depth int
	// Elements of one list: a count costs two octets, its elements may cost
	// none.
	Elements int
	// Memory in octets that decoded values may take. The default grows with
	// the input, as memoryBase + memoryFactor*len(data).
	Memory int
}

const (
	// Depth of the deepest messages of H.245 is about 20.
	defaultDepth = 32
	// Capability tables of real endpoints reach 256 entries.
	defaultElements = 256
	// A Go struct with all its optional pointers may stand for a few bits: the
	// base lets short messages pass, the factor keeps long ones from growing.
	memoryBase   = 32 << 10
	memoryFactor = 64
	// A bitmap of additions longer than any standard will ever have; it would
	// let a peer make us write as many bits again.
	maxAdditions = 4096
	// Arcs of an OBJECT IDENTIFIER may hold a UUID (2.25.x), 128 bits in 19
	// octets; longer ones would make the conversion to decimal quadratic.
	maxArcOctets = 19
	maxArcDigits = 41 // of 2^133-1
)

func (l Limits) filled(input int) Limits {
	if l.Depth == 0 {
		l.Depth = defaultDepth
	}
	if l.Elements == 0 {
		l.Elements = defaultElements
	}
	if l.Memory == 0 {
		l.Memory = memoryBase + memoryFactor*input
	}
	return l
}
