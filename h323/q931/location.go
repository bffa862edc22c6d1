package q931

// Location is where a cause or progress arose (Q.931 clause 4.5.23, Q.850).
type Location uint8

// Locations.
const (
	User               Location = 0
	PrivateLocal       Location = 1
	PublicLocal        Location = 2
	TransitNetwork     Location = 3
	PublicRemote       Location = 4
	PrivateRemote      Location = 5
	International      Location = 7
	BeyondInterworking Location = 10
)
