// Package per is ASN.1 aligned PER, basic variant (ITU-T X.691), in the manner
// of encoding/asn1: ASN.1 types are Go types, and struct tags carry what Go's
// types cannot say.
//
// # Types
//
//	BOOLEAN            bool
//	INTEGER            any int or uint kind; range=0..255, range=1.., or none
//	ENUMERATED         any int or uint kind with enum=N (N root items)
//	NULL               Null; *Null where it can be absent
//	OCTET STRING       []byte, or [N]byte for SIZE(N) without a tag
//	BIT STRING         BitString, or a type defined as it
//	OBJECT IDENTIFIER  OID, in dotted form
//	open type          OpenType: the octets as they are
//	IA5String ...      string with ia5, numeric, printable or visible
//	BMPString          string (UTF-8 in Go) with bmp; sizes count 16-bit units
//	UTF8String ...     string with utf8 or general: octets, kept as they are
//	SEQUENCE           struct
//	CHOICE             struct with an embedded Choice
//	SEQUENCE OF        slice; SET OF likewise; of byte itself only with elem(...),
//	                   since []byte is an OCTET STRING
//
// Fields stand in the order of the ASN.1 text (with AUTOMATIC TAGS this is the
// order of the encoding; where tags are explicit, a CHOICE's alternatives stand
// in the order of their tags, X.691 clause 23). A pointer is its element. All
// fields are exported, except those tagged "-", which are no part of the type.
//
// # Tags
//
// A tag is a comma-separated list, `per:"optional,size=1..128,from='0123456789#*,'"`:
//
//	optional     OPTIONAL, or DEFAULT: the field is a pointer, a slice (nil is
//	             absent, empty is present), an OID, or a string whose size
//	             begins at 1 or more (empty is absent)
//	range=L..U   INTEGER (L..U); L.. is semi-constrained; range=N is one value
//	size=L..U    SIZE(L..U) of a string, a BIT STRING or a list; L.. and N likewise
//	enum=N       ENUMERATED of N root items, Go values 0..N-1 in the order of
//	             their ASN.1 values; the additions after its marker are N, N+1 ...
//	ext          the range, size or enum has an extension marker
//	ia5 numeric printable visible bmp utf8 general   the kind of string
//	from='...'   permitted alphabet of ia5, numeric, printable, visible or bmp:
//	             characters in any order; 'A..Z' is a range; a dot itself stands
//	             first or last
//	elem(...)    the tag of a list's elements: size=1..256,elem(range=1..65535)
//	open         the field is wrapped in an open type, or in OCTET STRING
//	             (CONTAINING); its Go type is the type inside
//	group        an extension addition group [[ ]]: a pointer to a struct
//	name=x-ID    the ASN.1 identifier, where it is not the field's name with its
//	             first word in lower case (H245Tunnelling is h245Tunnelling,
//	             IPAddress is ipAddress); used in errors and in JSON
//
// A named type brings its own tag by the method PERTag (see [Tagged]); a
// field's tag is laid over it, item by item. So a constraint is written once:
//
//	type RequestSeqNum uint16
//
//	func (RequestSeqNum) PERTag() string { return "range=1..65535" }
//
// # Extension markers
//
// A field of type [Extension] stands where the ASN.1 text has its ellipsis.
// Fields before it are the root, fields after it are the additions in order,
// each a pointer or slice that may be absent ("optional" need not be said), and
// each addition group one pointer to a struct with "group". Additions and
// alternatives that the type does not know are kept in the Extension and
// written again. Bitmaps of additions may be shorter or longer than the type's.
//
//	type Endpoint struct {
//		Vendor    *Vendor `per:"optional"`
//		MC        bool
//		Extension per.Extension
//		Set       *per.BitString `per:"size=32"`
//		Group     *EndpointGroup `per:"group"`
//	}
//
// A CHOICE embeds [Choice]; exactly one of its fields is set, or its Extension
// holds one unknown alternative. Its fields are pointers or slices (or strings,
// as with optional).
//
//	type TransportAddress struct {
//		per.Choice
//		IPAddress *IPAddress
//		IPX       *IPX
//		Extension per.Extension
//		NSAP      []byte `per:"size=1..20"`
//	}
//
// # What is accepted
//
// Padding bits of any value, bytes after the value, extension bitmaps of any
// length, lengths and integers in more octets than they need. What a sender
// encoded canonically is encoded to the same octets again. Values outside of
// their constraint are malformed. Memory and time are bounded by [Limits].
package per
