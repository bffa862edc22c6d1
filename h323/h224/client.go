package h224

import (
	"encoding/binary"
	"fmt"
)

// Client is an application on top of H.224 (clause 7.3). It is comparable.
type Client struct {
	ID uint8 // 7 bits
	// Extended is the identifier where ID is ExtendedID.
	Extended uint8
	// Country and the rest are a maker's, where ID is NonStandardID: T.35
	// country code and extension, manufacturer code, number.
	Country, CountryExtension uint8
	Manufacturer              uint16
	ManufacturerClient        uint8
}

// The identifiers of H.224 table 2.
const (
	managementID  = 0x00 // CME
	cameraID      = 0x01 // H.281
	ExtendedID    = 0x7e
	NonStandardID = 0x7f
)

// Camera returns the Client of far-end camera control (H.281).
func Camera() Client { return Client{ID: cameraID} }

// String names the client in logs.
func (c Client) String() string {
	switch c.ID {
	case managementID:
		return "management"
	case cameraID:
		return "H.281"
	case ExtendedID:
		return fmt.Sprintf("extended %d", c.Extended)
	case NonStandardID:
		return fmt.Sprintf("nonstandard %d/%d/%d/%d", c.Country, c.CountryExtension, c.Manufacturer, c.ManufacturerClient)
	}
	return fmt.Sprintf("client %d", c.ID)
}

// appendTo appends the identifier; flag is the bit above it.
func (c Client) appendTo(dst []byte, flag byte) []byte {
	dst = append(dst, flag|c.ID&0x7f)
	switch c.ID & 0x7f {
	case ExtendedID:
		return append(dst, c.Extended)
	case NonStandardID:
		dst = append(dst, c.Country, c.CountryExtension)
		dst = binary.BigEndian.AppendUint16(dst, c.Manufacturer)
		return append(dst, c.ManufacturerClient)
	}
	return dst
}

// parseClient reads an identifier, its flag, and returns the rest.
func parseClient(data []byte) (c Client, flag bool, rest []byte, err error) {
	if len(data) == 0 {
		return c, false, nil, fmt.Errorf("h224: no client: %w", ErrMalformed)
	}
	c.ID, flag, rest = data[0]&0x7f, data[0]&0x80 != 0, data[1:]
	switch {
	case c.ID == ExtendedID && len(rest) >= 1:
		c.Extended, rest = rest[0], rest[1:]
	case c.ID == NonStandardID && len(rest) >= 5:
		c.Country, c.CountryExtension = rest[0], rest[1]
		c.Manufacturer, c.ManufacturerClient = binary.BigEndian.Uint16(rest[2:]), rest[4]
		rest = rest[5:]
	case c.ID == ExtendedID, c.ID == NonStandardID:
		return c, false, nil, fmt.Errorf("h224: client cut short: %w", ErrMalformed)
	}
	return c, flag, rest, nil
}
