package encryption

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
)

const (
	blockSize = aes.BlockSize
	// MaxOverhead is by how many octets Encrypt may lengthen a packet.
	MaxOverhead = blockSize
	// paddingBit and the like of the RTP header (RFC 3550 clause 5.1).
	paddingBit   = 0x20
	extensionBit = 0x10
	csrcMask     = 0x0f
	payloadMask  = 0x7f
	headerSize   = 12
)

// The initial value of a packet is what differs in each: sequence number and
// timestamp, repeated to the length of a block (H.235.6 clause 9.3).
//
//	 0 1 2 3 4 5 6 7 8 9 a b c d e f
//	+---+-------+---+-------+-------+
//	|seq|  time |seq|  time |s/time |
//	+---+-------+---+-------+-------+
func packetIV(iv *[blockSize]byte, packet []byte) {
	copy(iv[0:6], packet[2:8])
	copy(iv[6:12], packet[2:8])
	copy(iv[12:16], packet[2:6])
}

// Encrypter encrypts what is sent on one logical channel. It is of one goroutine
// at a time, and allocates nothing.
type Encrypter struct {
	block cipher.Block
	iv    [blockSize]byte
}

// NewEncrypter returns an Encrypter. The error is ErrUnsupported or ErrMalformed.
func NewEncrypter(k Key) (*Encrypter, error) {
	block, err := newBlock(k)
	if err != nil {
		return nil, err
	}
	return &Encrypter{block: block}, nil
}

func newBlock(k Key) (cipher.Block, error) {
	switch n := keySize(k.Algorithm); {
	case n == 0:
		return nil, fmt.Errorf("%w: algorithm %s", ErrUnsupported, k.Algorithm)
	case n != len(k.Octets):
		return nil, fmt.Errorf("%w: a key of %d octets for %s", ErrMalformed, len(k.Octets), k.Algorithm)
	}
	return aes.NewCipher(k.Octets)
}

// Encrypt appends to dst the RTP packet with its payload encrypted. Header, CSRC
// list and header extension stay in the clear; a payload of no whole blocks gets
// RTP padding. Dst may be packet[:0], and the packet is then encrypted in its
// place, where it has room for MaxOverhead. The error is ErrMalformed.
//
// H.235.6 also has ciphertext stealing, which adds no octets. Peers differ in
// it, and take padding.
func (e *Encrypter) Encrypt(dst, packet []byte) ([]byte, error) {
	head, err := headerLength(packet)
	if err != nil {
		return dst, err
	}
	end := len(packet)
	if packet[0]&paddingBit != 0 {
		if end, err = unpadded(packet, head); err != nil {
			return dst, err
		}
	}
	packetIV(&e.iv, packet)
	start := len(dst)
	dst = append(dst, packet[:end]...)
	dst[start] &^= paddingBit
	if short := (end - head) % blockSize; short != 0 {
		n := blockSize - short
		for range n {
			dst = append(dst, byte(n)) // as PKCS #7, for peers that look at all of it
		}
		dst[start] |= paddingBit
	}
	previous := e.iv[:]
	for payload := dst[start+head:]; len(payload) > 0; payload = payload[blockSize:] {
		block := payload[:blockSize]
		subtle.XORBytes(block, block, previous)
		e.block.Encrypt(block, block)
		previous = block
	}
	return dst, nil
}

// Decrypter decrypts what is received on one logical channel. It is of one
// goroutine at a time, and allocates nothing for a packet.
type Decrypter struct {
	current, former epoch
	iv, previous    [blockSize]byte
}

// epoch is a key and the payload type of the packets that it is for.
type epoch struct {
	block       cipher.Block
	payloadType uint8
}

// SetKey sets the key of packets of the payload type. That of before stays for
// packets of its own payload type, which may still be on their way.
func (d *Decrypter) SetKey(k Key, payloadType uint8) error {
	block, err := newBlock(k)
	if err != nil {
		return err
	}
	if d.current.payloadType != payloadType {
		d.former = d.current
	}
	d.current = epoch{block, payloadType}
	return nil
}

// epoch returns the key of the packet: that of its payload type, else the
// current one, as some peers announce one type and send another.
func (d *Decrypter) epoch(packet []byte) cipher.Block {
	if d.former.block != nil && packet[1]&payloadMask == d.former.payloadType {
		return d.former.block
	}
	return d.current.block
}

// Decrypt appends to dst the RTP packet with its payload in the clear, without
// padding. Dst may be packet[:0], and the packet is then decrypted in its place.
// A payload of no whole blocks and without padding is read as ciphertext
// stealing. The error is ErrMalformed; ErrAbsent where no key is set yet.
//
// Nothing proves a packet: another key, or a changed packet, gives rubbish.
func (d *Decrypter) Decrypt(dst, packet []byte) ([]byte, error) {
	head, err := headerLength(packet)
	if err != nil {
		return dst, err
	}
	block := d.epoch(packet)
	if block == nil {
		return dst, ErrAbsent
	}
	rest := (len(packet) - head) % blockSize
	padded := packet[0]&paddingBit != 0
	if rest != 0 && (padded || len(packet)-head < blockSize) {
		return dst, fmt.Errorf("%w: %d octets of ciphertext", ErrMalformed, len(packet)-head)
	}
	packetIV(&d.iv, packet)
	start := len(dst)
	dst = append(dst, packet...)
	payload := dst[start+head:]
	if rest != 0 {
		d.steal(block, payload)
	} else {
		d.chain(block, payload)
	}
	if !padded || len(payload) == 0 {
		return dst, nil
	}
	end, err := unpadded(dst[start:], head)
	if err != nil {
		return dst[:start], err
	}
	dst[start] &^= paddingBit
	return dst[:start+end], nil
}

// chain decrypts whole blocks in their place. It leaves the last block of
// ciphertext in d.iv.
func (d *Decrypter) chain(block cipher.Block, payload []byte) {
	for ; len(payload) > 0; payload = payload[blockSize:] {
		b := payload[:blockSize]
		copy(d.previous[:], b)
		block.Decrypt(b, b)
		subtle.XORBytes(b, b, d.iv[:])
		d.iv = d.previous
	}
}

// steal decrypts a payload whose last block is not whole: the last two blocks
// are exchanged, and the one that is cut lent its end to the other (CBC-CS2 of
// NIST SP 800-38A, addendum).
func (d *Decrypter) steal(block cipher.Block, payload []byte) {
	rest := len(payload) % blockSize
	whole := len(payload) - rest - blockSize
	d.chain(block, payload[:whole])
	last, cut := payload[whole:whole+blockSize], payload[whole+blockSize:]
	block.Decrypt(last, last)              // plaintext of cut and zeros, over the block before it
	copy(d.previous[:], cut)               // the block before it: what is there,
	copy(d.previous[rest:], last[rest:])   // and what was lent
	subtle.XORBytes(cut, cut, last[:rest]) // plaintext of the cut block
	block.Decrypt(last, d.previous[:])
	subtle.XORBytes(last, last, d.iv[:])
}

// headerLength returns where the payload begins (RFC 3550 clauses 5.1 and
// 5.3.1).
func headerLength(packet []byte) (int, error) {
	if len(packet) < headerSize || packet[0]>>6 != 2 {
		return 0, fmt.Errorf("%w: no RTP packet", ErrMalformed)
	}
	n := headerSize + 4*int(packet[0]&csrcMask)
	if packet[0]&extensionBit != 0 {
		if len(packet) < n+4 {
			return 0, fmt.Errorf("%w: RTP header is cut", ErrMalformed)
		}
		n += 4 + 4*int(binary.BigEndian.Uint16(packet[n+2:]))
	}
	if len(packet) < n {
		return 0, fmt.Errorf("%w: RTP header is cut", ErrMalformed)
	}
	return n, nil
}

// unpadded returns where the payload in the clear ends before its padding.
func unpadded(packet []byte, head int) (int, error) {
	if len(packet) == head {
		return 0, fmt.Errorf("%w: padding of no octets", ErrMalformed)
	}
	n := int(packet[len(packet)-1])
	if n == 0 || n > len(packet)-head {
		return 0, fmt.Errorf("%w: padding of %d octets", ErrMalformed, n)
	}
	return len(packet) - n, nil
}
