// The Kubernetes level that this server and its node behave as; charts and clients decide by it what they may use.
export const MAJOR = '1'
export const MINOR = '34'
export const GIT_VERSION = `v${MAJOR}.${MINOR}.0+crossfade`
