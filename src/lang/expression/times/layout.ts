// Go's layouts of times: an example moment, `Mon Jan 2 15:04:05 MST 2006`, in which each part stands for itself.

export type Part =
  | 'January'
  | 'Jan'
  | '1'
  | '01'
  | 'Monday'
  | 'Mon'
  | '2'
  | '_2'
  | '02'
  | '__2'
  | '002'
  | '15'
  | '3'
  | '03'
  | '4'
  | '04'
  | '5'
  | '05'
  | '2006'
  | '06'
  | 'PM'
  | 'pm'
  | 'MST'
  | 'Z0700'
  | 'Z070000'
  | 'Z07'
  | 'Z07:00'
  | 'Z07:00:00'
  | '-0700'
  | '-070000'
  | '-07'
  | '-07:00'
  | '-07:00:00'

export type Element =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'part'; readonly part: Part }
  /** `.000` prints all its digits, `.999` leaves out zeros at the end. */
  | { readonly kind: 'fraction'; readonly text: string; readonly digits: number; readonly isTrimmed: boolean }

/** Longer ones first. */
const PARTS: readonly Part[] = [
  'January',
  'Jan',
  'Monday',
  'Mon',
  'MST',
  '2006',
  '01',
  '002',
  '02',
  '03',
  '04',
  '05',
  '06',
  '15',
  'PM',
  'pm',
  'Z07:00:00',
  'Z07:00',
  'Z070000',
  'Z0700',
  'Z07',
  '-07:00:00',
  '-07:00',
  '-070000',
  '-0700',
  '-07',
  '__2',
  '_2',
  '1',
  '2',
  '3',
  '4',
  '5',
]

const FRACTION = /^[.,](0+|9+)(?!\d)/
const WORD_GOES_ON = /^[a-z]/

export function layoutElements(layout: string): readonly Element[] {
  const elements: Element[] = []
  let text = ''
  for (let at = 0; at < layout.length;) {
    const element = elementAt(layout.slice(at, at + LONGEST_ELEMENT))
    if (element === undefined) {
      text += layout[at]
      at++
      continue
    }
    if (text !== '') elements.push({ kind: 'text', text })
    text = ''
    elements.push(element)
    at += element.kind === 'part' ? element.part.length : element.text.length
  }
  if (text !== '') elements.push({ kind: 'text', text })
  return elements
}

const LONGEST_ELEMENT = 32

function elementAt(rest: string): Element | undefined {
  // `_2006` is an underscore before a year.
  if (rest.startsWith('_2006')) return { kind: 'text', text: '_' }
  const part = PARTS.find(one => rest.startsWith(one))
  if (part !== undefined) {
    const isWord = part === 'Jan' || part === 'Mon'
    return isWord && WORD_GOES_ON.test(rest.slice(3)) ? undefined : { kind: 'part', part }
  }
  const [fraction, digits = ''] = FRACTION.exec(rest) ?? []
  if (fraction === undefined) return undefined
  return { kind: 'fraction', text: fraction, digits: digits.length, isTrimmed: digits.startsWith('9') }
}
