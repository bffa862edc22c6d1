package h225

import "parley/h323/per"

// SecurityServiceMode is how one security service is given.
type SecurityServiceMode struct {
	per.Choice
	NonStandard *NonStandardParameter
	None        *per.Null
	Default     *per.Null
	Extension   per.Extension
}

// SecurityCapabilities are the security services of an H.245 channel.
type SecurityCapabilities struct {
	NonStandard    *NonStandardParameter `per:"optional"`
	Encryption     SecurityServiceMode
	Authentication SecurityServiceMode `per:"name=authenticaton"` //nolint:misspell // so in the standard
	Integrity      SecurityServiceMode
	Extension      per.Extension
}

// H245Security is how the H.245 channel is secured.
type H245Security struct {
	per.Choice
	NonStandard *NonStandardParameter
	NoSecurity  *per.Null
	TLS         *SecurityCapabilities
	IPsec       *SecurityCapabilities `per:"name=ipsec"`
	Extension   per.Extension
}

// SecurityErrors is why security failed.
type SecurityErrors struct {
	per.Choice
	SecurityWrongSyncTime                *per.Null
	SecurityReplay                       *per.Null
	SecurityWrongGeneralID               *per.Null
	SecurityWrongSendersID               *per.Null
	SecurityIntegrityFailed              *per.Null
	SecurityWrongOID                     *per.Null
	SecurityDHmismatch                   *per.Null
	SecurityCertificateExpired           *per.Null
	SecurityCertificateDateInvalid       *per.Null
	SecurityCertificateRevoked           *per.Null
	SecurityCertificateNotReadable       *per.Null
	SecurityCertificateSignatureInvalid  *per.Null
	SecurityCertificateMissing           *per.Null
	SecurityCertificateIncomplete        *per.Null
	SecurityUnsupportedCertificateAlgOID *per.Null
	SecurityUnknownCA                    *per.Null
	Extension                            per.Extension
}

// SecurityErrors2 is why security failed, where certificates are not used.
type SecurityErrors2 struct {
	per.Choice
	SecurityWrongSyncTime   *per.Null
	SecurityReplay          *per.Null
	SecurityWrongGeneralID  *per.Null
	SecurityWrongSendersID  *per.Null
	SecurityIntegrityFailed *per.Null
	SecurityWrongOID        *per.Null
	Extension               per.Extension
}
