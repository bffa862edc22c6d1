package elementary

// maxPicture is the most bytes of one picture that are kept until it is whole. It
// answers a stream whose pictures never end; a JPEG of 2040 x 2040 has a tenth of
// it.
const maxPicture = 8 << 20
