// A body as lines: what a watch streams. A last line without its end was cut off and is left out.

const NEWLINE = 0x0a

/** Throws when a line is longer than `limitBytes`. */
export async function* linesOf(body: AsyncIterable<Uint8Array>, limitBytes: number): AsyncIterable<string> {
  let parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)]).toString('utf8')
      parts = []
      size = 0
      from = end + 1
      if (line !== '') yield line
    }
    const rest = chunk.subarray(from)
    if (rest.length === 0) continue
    size += rest.length
    if (size > limitBytes) throw new Error(`a line is longer than ${limitBytes} bytes`)
    parts.push(rest)
  }
}
