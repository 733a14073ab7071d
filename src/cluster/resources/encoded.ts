// The JSON bytes of a stored object, made once: what the wire sends is what the journal keeps.
export { encoded } from '../storage/encoded.ts'
