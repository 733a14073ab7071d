// What is wrong at a place of a rule, as CEL prints it: the line, and a mark below it.

/** `at`: a place in the source. */
export function sourceError(source: string, at: number, said: string): string {
  const start = source.lastIndexOf('\n', at - 1) + 1
  const end = source.indexOf('\n', at)
  const lineNumber = source.slice(0, start).split('\n').length
  const line = source.slice(start, end < 0 ? undefined : end).replaceAll('\t', ' ')
  const before = Array.from(line.slice(0, at - start))
  const isWide = (character: string | undefined) => character !== undefined && character > '\u007f'
  const dots = before.map(character => (isWide(character) ? '．' : '.')).join('')
  const mark = isWide(line[at - start]) ? '＾' : '^'
  return `ERROR: <input>:${lineNumber}:${before.length + 1}: ${said}\n | ${line}\n | ${dots}${mark}`
}
