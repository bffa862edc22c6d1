package h235

import "parley/h323/per"

// dhkeyext is the index of the addition that H.235.0 (2014) appended to
// ClearToken.
const dhkeyext = 4

// DHKeyExt returns the Diffie-Hellman half key of more than 2048 bits, nil where
// the token has none. Its errors are those of per.Unmarshal.
func (t *ClearToken) DHKeyExt() (*DHSetExt, error) {
	for _, a := range t.Extension {
		if a.Index == dhkeyext && a.Data != nil {
			set := new(DHSetExt)
			if _, err := per.Unmarshal(a.Data, set); err != nil {
				return nil, err
			}
			return set, nil
		}
	}
	return nil, nil
}

// SetDHKeyExt puts the half key into the token. Its errors are those of
// per.Marshal.
func (t *ClearToken) SetDHKeyExt(set *DHSetExt) error {
	data, err := per.Marshal(set)
	if err != nil {
		return err
	}
	added := per.Addition{Index: dhkeyext, Data: data}
	for i, a := range t.Extension {
		switch {
		case a.Index == dhkeyext:
			t.Extension[i] = added
			return nil
		case a.Index > dhkeyext:
			rest := append(per.Extension{added}, t.Extension[i:]...)
			t.Extension = append(t.Extension[:i:i], rest...)
			return nil
		}
	}
	t.Extension = append(t.Extension, added)
	return nil
}
