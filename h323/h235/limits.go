package h235

// maxHashFields bounds the places of a message that are tried as its hash
// field. By chance the 96 bits are nowhere else; a message made of nothing but
// them would cost a hash over all of it for each of its octets.
const maxHashFields = 2
