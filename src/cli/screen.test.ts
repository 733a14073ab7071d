// Redrawing in place.
import { expect, test } from 'vitest'
import { openScreen } from './screen.ts'

function aTerminal(columns: number, rows: number) {
  const written: string[] = []
  const size = { columns, rows }
  return {
    written,
    size,
    output: { write() {}, draw: (text: string) => void written.push(text), isTerminal: true, size },
  }
}

test('only lines that changed are written again, and what is below a shorter text is cleared', () => {
  const { written, output } = aTerminal(20, 10)
  const screen = openScreen(output)
  screen.draw('one\ntwo\nthree\n')
  screen.draw('one\n2\nthree\n')
  screen.draw('one\n')
  expect(written.slice(1)).toEqual(['\x1b[2;1H2\x1b[K', '\x1b[2;1H\x1b[J'])
})

test('lines are cut at the edge, escape sequences apart, and colours end there', () => {
  const { written, output } = aTerminal(4, 10)
  openScreen(output).draw('\x1b[32m✔\x1b[0m Healthy\nfits')
  expect(written[0]).toContain('\x1b[1;1H\x1b[32m✔\x1b[0m He\x1b[0m\x1b[K\x1b[2;1Hfits\x1b[K')
})

test('what does not fit below is counted', () => {
  const { written, output } = aTerminal(20, 4)
  openScreen(output).draw('a\nb\nc\nd\ne\n')
  expect(written[0]).toContain('b\x1b[K\x1b[3;1H… 3 more lines')
})

test('everything is drawn anew when the window has another size', () => {
  const { written, size, output } = aTerminal(20, 10)
  const screen = openScreen(output)
  screen.draw('one\n')
  size.columns = 30
  screen.draw('one\n')
  expect(written[1]).toContain('one')
})

test('leaving puts the cursor below and shows it again', () => {
  const { written, output } = aTerminal(20, 10)
  const screen = openScreen(output)
  screen.leave()
  screen.draw('one\ntwo\n')
  screen.leave()
  expect(written).toHaveLength(2)
  expect(written[1]).toBe('\x1b[3;1H\x1b[?25h')
})
