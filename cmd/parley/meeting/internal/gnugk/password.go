//go:build linux

package gnugk

import (
	"encoding/base64"
	"encoding/binary"
)

// Password is a user's password as [SimplePasswordAuth] wants it, which is what
// its program addpasswd writes: enciphered by TEA under the user's name, the last
// block telling how many of its octets count.
func Password(user, password string) string {
	var key [16]byte
	copy(key[:], user)
	var k [4]uint32
	for i := range k {
		k[i] = binary.LittleEndian.Uint32(key[4*i:])
	}
	padded := make([]byte, (len(password)/8+1)*8)
	copy(padded, password)
	padded[len(padded)-1] = byte(len(password) % 8)
	for block := padded; len(block) > 0; block = block[8:] {
		y, z, sum := binary.BigEndian.Uint32(block), binary.BigEndian.Uint32(block[4:]), uint32(0)
		for range 32 {
			sum += 0x9e3779b9
			y += (z<<4 + k[0]) ^ (z + sum) ^ (z>>5 + k[1])
			z += (y<<4 + k[2]) ^ (y + sum) ^ (y>>5 + k[3])
		}
		binary.BigEndian.PutUint32(block, y)
		binary.BigEndian.PutUint32(block[4:], z)
	}
	return base64.StdEncoding.EncodeToString(padded)
}
