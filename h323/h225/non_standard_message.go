package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// NonStandardMessage (NSM) is a maker's own message.
type NonStandardMessage struct {
	RequestSeqNum       RequestSeqNum
	NonStandardData     NonStandardParameter
	Extension           per.Extension
	Tokens              []h235.ClearToken
	CryptoTokens        []CryptoH323Token
	IntegrityCheckValue *ICV
	FeatureSet          *FeatureSet
	GenericData         []GenericData
}
