package q931

import "fmt"

// ASN1 is the protocol discriminator of user-user information that is encoded in
// ASN.1 (Q.931 table 4-26); H.225.0 clause 7.2.2.31 demands it.
const ASN1 = 0x05

// UserUser is the content of the user-user element, in which the
// H323-UserInformation stands.
type UserUser struct {
	Discriminator uint8
	Data          []byte
}

// Unmarshal parses the element's content. Data is a part of it.
func (u *UserUser) Unmarshal(data []byte) error {
	*u = UserUser{}
	if len(data) < 1 {
		return fmt.Errorf("%w: empty user-user element", ErrMalformed)
	}
	u.Discriminator, u.Data = data[0], data[1:]
	return nil
}

// Append appends the element's content to dst.
func (u UserUser) Append(dst []byte) []byte {
	return append(append(dst, u.Discriminator), u.Data...)
}

// UserInformation returns the H323-UserInformation of the message. Its error
// wraps ErrMalformed where there is none, ErrUnsupported where it is not of ASN.1.
func (m *Message) UserInformation() ([]byte, error) {
	content, ok := m.Find(UserUserID)
	if !ok {
		return nil, fmt.Errorf("%w: %v without user-user element", ErrMalformed, m.Type)
	}
	var u UserUser
	if err := u.Unmarshal(content); err != nil {
		return nil, err
	}
	if u.Discriminator != ASN1 {
		return nil, fmt.Errorf("%w: user-user discriminator 0x%02x", ErrUnsupported, u.Discriminator)
	}
	return u.Data, nil
}

// PutUserInformation puts an H323-UserInformation into the message.
func (m *Message) PutUserInformation(data []byte) {
	m.Put(UserUserID, UserUser{Discriminator: ASN1, Data: data}.Append(nil))
}
