package player

// backlog is how many frames are read ahead of the mixer: a second, so that a slow
// disk is not heard.
const backlog = 50
