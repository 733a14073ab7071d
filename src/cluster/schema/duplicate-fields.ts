// Which fields a JSON text names twice. JSON.parse keeps the last one and says nothing; Kubernetes tells the
// user.

const FOUND_MAX = 50

interface Level {
  /** Undefined in a list. */
  readonly names: Set<string> | undefined
  /** The field or index that is being read. */
  at: string | number
}

/**
 * Paths of the repeated fields (`spec.replicas`, `spec.ports[0].name`); `text` is known to be proper JSON.
 */
export function duplicateFields(text: string): readonly string[] {
  const found: string[] = []
  const levels: Level[] = []
  let isName = false
  for (let i = 0; i < text.length; i++) {
    const level = levels[levels.length - 1]
    switch (text.charCodeAt(i)) {
      case OPEN_OBJECT:
        levels.push({ names: new Set(), at: '' })
        isName = true
        break
      case OPEN_LIST:
        levels.push({ names: undefined, at: 0 })
        isName = false
        break
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        levels.pop()
        isName = false
        break
      case COMMA:
        isName = level?.names !== undefined
        if (level !== undefined && typeof level.at === 'number') level.at += 1
        break
      case QUOTE: {
        const end = closingQuote(text, i)
        if (isName && level?.names !== undefined) {
          const name = text.slice(i + 1, end)
          level.at = name
          if (level.names.has(name) && found.length < FOUND_MAX) found.push(pathOf(levels))
          level.names.add(name)
          isName = false
        }
        i = end
        break
      }
    }
  }
  return [...new Set(found)]
}

const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const OPEN_LIST = 91
const CLOSE_LIST = 93
const COMMA = 44
const QUOTE = 34
const BACKSLASH = 92

function closingQuote(text: string, open: number): number {
  for (let end = text.indexOf('"', open + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return end
  }
  return text.length
}

function pathOf(levels: readonly Level[]): string {
  return levels
    .map(({ at }) => (typeof at === 'number' ? `[${at}]` : `.${at}`))
    .join('')
    .slice(1)
}
