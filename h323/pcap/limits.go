package pcap

// maxBlock bounds one packet of a file, which says how long it is before it comes:
// the longest that IP has, and what the formats put around it.
const maxBlock = 256 << 10

// maxInterfaces bounds the interfaces that a file of pcapng tells.
const maxInterfaces = 1024
