package per

// OID is an OBJECT IDENTIFIER in dotted form, such as "0.0.8.2250.0.7". It is
// comparable and may be a constant.
type OID string
