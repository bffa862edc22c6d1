package authentication

import (
	"reflect"

	"parley/h323/h225"
	"parley/h323/h235"
	"parley/h323/per"
)

// Carrier is where a message carries its tokens.
type Carrier struct {
	Tokens       *[]h235.ClearToken
	CryptoTokens *[]h225.CryptoH323Token
}

// RAS returns where the message carries tokens; not ok: it has no place for
// them, or is not known.
func RAS(m *h225.RasMessage) (c Carrier, ok bool) { return carrierOf(m) }

// Signalling returns where the message carries tokens; not ok: it has no place
// for them (such as empty and Status), or is not known.
func Signalling(m *h225.H323UserInformation) (c Carrier, ok bool) {
	return carrierOf(&m.H323UUPDU.H323MessageBody)
}

// carrierOf finds the fields that nearly all alternatives have, by their names.
func carrierOf(message any) (c Carrier, ok bool) {
	_, chosen := per.Alternative(message)
	v := reflect.ValueOf(chosen)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return c, false
	}
	clear, crypto := v.Elem().FieldByName("Tokens"), v.Elem().FieldByName("CryptoTokens")
	if !clear.IsValid() || !crypto.IsValid() {
		return c, false
	}
	c.Tokens, ok = clear.Addr().Interface().(*[]h235.ClearToken)
	if !ok {
		return c, false
	}
	c.CryptoTokens, ok = crypto.Addr().Interface().(*[]h225.CryptoH323Token)
	return c, ok
}
