// JSON read as the iterator of Prometheus' own client reads it: the same mistakes in the same words, with the same
// pieces of the text around them. It skips what it does not want, and never recurses.

/** Characters shown before and behind the place, and in the bigger context. */
const [NEAR, FAR] = [10, 50]
/** What it says at the end of the text. */
const NOTHING = '\0'

type Closing = ']' | '}'

export class JsonIterator {
  readonly text: string
  head = 0
  error: string | undefined

  constructor(text: string) {
    this.text = text
  }

  /** The next character that is no blank; it is passed over. */
  token(): string {
    while (this.head < this.text.length && ' \n\t\r'.includes(this.text[this.head] as string)) this.head++
    return this.head < this.text.length ? (this.text[this.head++] as string) : NOTHING
  }

  peek(): string {
    const character = this.token()
    if (character !== NOTHING) this.head--
    return character
  }

  report(operation: string, message: string): void {
    if (this.error !== undefined) return
    const around = (size: number) => this.text.slice(Math.max(0, this.head - size), this.head + size)
    const place = Math.min(NEAR, this.head)
    this.error =
      `${operation}: ${message}, error found in #${place} byte of ...|${around(NEAR)}|..., ` +
      `bigger context ...|${around(FAR)}|...`
  }

  /** Fields of an object, one after the other; what is read is the reader's affair, also after a mistake. */
  fields(read: (name: string) => void): void {
    const start = this.token()
    if (start === 'n') return this.literal('ull')
    if (start !== '{') return this.report('readObjectStart', `expect { or n, but found ${start}`)
    if (this.peek() === '}') return void this.token()
    let next = ','
    while (next === ',') {
      const name = this.string()
      const colon = this.token()
      if (colon !== ':') this.report('ReadObject', `expect : after object field, but found ${colon}`)
      read(name)
      next = this.token()
    }
    if (next !== '}') this.report('struct Decode', `expect }, but found ${next}`)
  }

  string(): string {
    const start = this.token()
    if (start === 'n') {
      this.literal('ull')
      return ''
    }
    if (start !== '"') {
      this.report('ReadString', `expects " or n, but found ${start}`)
      return ''
    }
    const from = this.head - 1
    this.endOfString()
    return readString(this.text.slice(from, this.head))
  }

  /** Elements of a list; null is an empty one. */
  elements(read: () => void): void {
    const start = this.token()
    if (start === 'n') return this.literal('ull')
    if (start !== '[') return this.report('decode slice', `expect [ or n, but found ${start}`)
    if (this.peek() === ']') return void this.token()
    let next = ','
    while (next === ',') {
      read()
      next = this.token()
    }
    if (next !== ']') this.report('decode slice', `expect ], but found ${next}`)
  }

  /** The text of the next value, whatever it is; empty for null. */
  raw(): string {
    this.peek()
    const from = this.head
    this.skip()
    const text = this.text.slice(from, this.head)
    return text === 'null' ? '' : text
  }

  skip(): void {
    const open: Closing[] = []
    let isWanted = true
    while (this.error === undefined) {
      if (isWanted && this.value(open)) continue
      const closing = open.at(-1)
      if (closing === undefined) return
      // What stands behind a value: more of the same, or the end of what is around it.
      const next = this.token()
      isWanted = next === ','
      if (isWanted && closing === '}') this.name()
      if (isWanted) continue
      if (next !== closing) return this.unclosed(closing, next)
      open.pop()
    }
  }

  /** Passes over a value; true for one that holds others, of which the first is wanted next. */
  value(open: Closing[]): boolean {
    const start = this.token()
    if (start === '[' || start === '{') return this.begin(start, open)
    if (start === '"') this.endOfString()
    else if (start === 'n') this.literal('ull')
    else if (start === 't') this.literal('rue')
    else if (start === 'f') this.literal('alse')
    else if (/[-\d]/.test(start)) this.number()
    else this.report('Skip', `do not know how to skip: ${start.charCodeAt(0)}`)
    return false
  }

  begin(start: '[' | '{', open: Closing[]): boolean {
    const closing = start === '[' ? ']' : '}'
    if (this.peek() === closing) {
      this.token()
      return false
    }
    open.push(closing)
    if (closing === '}') this.name()
    return true
  }

  name(): void {
    const start = this.peek()
    if (start !== '"') {
      this.token()
      return this.report('ReadObjectCB', `expect " after {, but found ${start}`)
    }
    this.string()
    const colon = this.token()
    if (colon !== ':') this.report('ReadObject', `expect : after object field, but found ${colon}`)
  }

  unclosed(closing: Closing, next: string): void {
    if (closing === ']') this.report('ReadArrayCB', `expect ] in the end, but found ${next}`)
    else this.report('ReadObjectCB', 'object not ended with }')
  }

  number(): void {
    while (/[-+.eE\d]/.test(this.text[this.head] ?? '')) this.head++
  }

  literal(rest: string): void {
    if (this.text.startsWith(rest, this.head)) this.head += rest.length
    else this.report('skipLiteral', `expect ${rest}`)
  }

  endOfString(): void {
    const { text } = this
    for (let at = this.head; ; at++) {
      const quote = text.indexOf('"', at)
      if (quote < 0) {
        this.head = text.length
        return this.report('readString', 'unexpected end of input')
      }
      let slashes = 0
      while (text[quote - 1 - slashes] === '\\' && quote - 1 - slashes >= this.head) slashes++
      at = quote
      if (slashes % 2 === 1) continue
      this.head = quote + 1
      return
    }
  }
}

function readString(quoted: string): string {
  const inner = quoted.slice(1, -1)
  return inner.includes('\\') ? unescaped(inner) : inner
}

const NAMED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u([\da-f]{4})|([\s\S]))/gi, (_, hex?: string, one = '') =>
    hex === undefined ? (NAMED[one] ?? one) : String.fromCharCode(parseInt(hex, 16)),
  )
}
