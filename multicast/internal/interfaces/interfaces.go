// Package interfaces finds those on which the services around multicast groups listen.
package interfaces

import (
	"net"
	"slices"
)

// Max bounds how many are found: each takes memberships, and machines of many
// containers have hundreds.
const Max = 16

// Find returns the interfaces of these names or, without names, all that can carry
// groups; of either, those that are up, and none where the system does not tell.
func Find(names []string) []net.Interface {
	all, err := net.Interfaces()
	if err != nil {
		return nil // looked for again
	}
	var out []net.Interface
	for _, i := range all {
		wanted := len(names) == 0 && i.Flags&net.FlagMulticast != 0 || slices.Contains(names, i.Name)
		if wanted && i.Flags&net.FlagUp != 0 && len(out) < Max {
			out = append(out, i)
		}
	}
	return out
}
