// Package encryption is the media encryption of ITU-T H.235.6, its voice (and
// video) encryption profile with native H.235 key management:
//
//   - The caller puts ClearTokens with its halves of Diffie-Hellman exchanges
//     into SETUP ([NewOffer], [Offer.Tokens]), the called one answers one in
//     CONNECT ([Answer], [Offer.Accept]). Both now have a [Secret].
//   - Of each logical channel the master of H.245, which ever way the media goes,
//     makes the key and sends it in the encryptionSync of openLogicalChannel or
//     its acknowledgement ([NewKey], [Secret.Sync], [Secret.Key]).
//   - Each RTP payload is encrypted by AES in CBC mode with an initial value from
//     its header ([Encrypter], [Decrypter]).
//
// Nothing proves who the other side of the exchange is: without H.235.1 on SETUP
// and CONNECT it keeps out who listens, not who stands in between.
package encryption
