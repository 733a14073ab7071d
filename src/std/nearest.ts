// Which known names somebody may have meant who typed another: nearness is counted in edits (a letter too
// many, too few, another one, or two in the wrong order).

const MOST_LETTERS = 64
const MOST_NAMES = 1000
const MOST_ANSWERS = 3

/** The nearest first; none when nothing is near. */
export function nearest(wanted: string, names: readonly string[]): string[] {
  if (wanted.length > MOST_LETTERS) return []
  const most = Math.max(1, Math.floor(wanted.length / 3))
  return names
    .slice(0, MOST_NAMES)
    .filter(name => name !== wanted && name.length <= MOST_LETTERS)
    .filter(name => Math.abs(name.length - wanted.length) <= most || isBegun(wanted, name))
    .map(name => ({ name, edits: isBegun(wanted, name) ? 1 : editsBetween(wanted, name) }))
    .filter(({ edits }) => edits <= most)
    .toSorted((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_ANSWERS)
    .map(({ name }) => name)
}

function isBegun(wanted: string, name: string): boolean {
  return wanted.length >= 3 && name.startsWith(wanted)
}

function editsBetween(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let edits = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same)
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwapped) edits = Math.min(edits, at(beforeLast, j - 2) + 1)
      row.push(edits)
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}
