// An object's JSON bytes, made once and shared by the journal, every GET and every watch.
// Objects in the store are frozen, so the bytes stay right for as long as the object lives.
const bytes = new WeakMap<object, Buffer>()

export function encoded(object: object): Buffer {
  const known = bytes.get(object)
  if (known) return known
  const made = Buffer.from(JSON.stringify(object))
  bytes.set(object, made)
  return made
}
