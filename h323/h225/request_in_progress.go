package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// RequestInProgress (RIP) asks for patience, in milliseconds.
type RequestInProgress struct {
	RequestSeqNum       RequestSeqNum
	NonStandardData     *NonStandardParameter `per:"optional"`
	Tokens              []h235.ClearToken     `per:"optional"`
	CryptoTokens        []CryptoH323Token     `per:"optional"`
	IntegrityCheckValue *ICV                  `per:"optional"`
	Delay               uint16                `per:"range=1..65535"`
	Extension           per.Extension
}
