package h450

import "parley/h323/per"

// HoldArg is the argument and result of all operations of H.450.4, whose types
// are alike: HoldNotificArg, RetrieveNotificArg, RemoteHoldArg, RemoteHoldRes,
// RemoteRetrieveArg, RemoteRetrieveRes.
type HoldArg struct {
	ExtensionArg MixedExtensions `per:"optional"`
	Extension    per.Extension
}
