// An object's JSON bytes, made once and shared by the journal, every GET and every watch.
// Objects in the store are frozen, so the bytes stay right for as long as the object lives.
const bytes = new WeakMap<object, Buffer>()

export function encoded(object: object): Buffer {
  const known = bytes.get(object)
  if (known) return known
  const made = ofItsOwn(JSON.stringify(object))
  bytes.set(object, made)
  return made
}

// Not from Node's shared pool: one small object that stays there keeps the memory of all its neighbours.
function ofItsOwn(text: string): Buffer {
  const made = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  made.write(text)
  return made
}
