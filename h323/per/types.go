package per

// Null is NULL. It takes no memory, and so does a pointer's target.
type Null struct{}

// OpenType holds the complete encoding of a value whose type is not known
// here. Unmarshal it into what it is.
type OpenType []byte

// Choice makes the struct that embeds it a CHOICE.
type Choice struct{}

// Extension is the extension marker of a SEQUENCE or CHOICE, and holds what
// came after it that the type does not know, in order of Index. It is nil where
// all was known.
type Extension []Addition

// Addition is an extension addition or alternative that the type does not know.
type Addition struct {
	// Index counts from 0 for the first addition (or addition group) after the
	// marker.
	Index int
	// Data is the complete encoding. In a SEQUENCE, a nil Data only says that
	// the sender's bitmap was longer than the type's: the addition is absent.
	Data OpenType
}

// Tagged is a type that brings its own tag, so that fields of it need none. The
// method has a value receiver and always returns the same tag.
type Tagged interface{ PERTag() string }
