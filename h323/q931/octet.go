package q931

// extension is bit 8 of an octet: set, the group of octets 3, 3a, 3b ... ends
// with this one (Q.931 clause 4.5.1).
const extension = 0x80

// group cuts the octets of one group off data: up to the first with the bit set.
func group(data []byte) (octets, rest []byte) {
	for i, b := range data {
		if b&extension != 0 {
			return data[:i+1], data[i+1:]
		}
	}
	return data, nil
}
