package h225

import (
	"parley/h323/h235"
	"parley/h323/per"
)

// UnknownMessageResponse (XRS) returns a message that was not understood.
type UnknownMessageResponse struct {
	RequestSeqNum        RequestSeqNum
	Extension            per.Extension
	Tokens               []h235.ClearToken
	CryptoTokens         []CryptoH323Token
	IntegrityCheckValue  *ICV
	MessageNotUnderstood []byte
}
