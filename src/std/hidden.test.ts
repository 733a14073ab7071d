// Texts that quote a secret, in the ways in which texts do.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goUrlEscape } from './go/escape.ts'
import { goJson } from './go/json.ts'
import { createHidden } from './hidden.ts'

const SECRET = 'Zq"7<&\\xü Q9%w>'
const packed = (text: string) => Buffer.from(text).toString('base64')

describe('what is hidden', () => {
  test.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify({ key: SECRET })],
    ['in JSON in JSON in JSON', goJson(JSON.stringify(goJson({ key: SECRET })))],
    ['in a URL', `http://x/?key=${goUrlEscape(SECRET, 'query')}`],
    ['in a login', `Basic ${packed(`me:${SECRET}`)}`],
    ['in a login of another length', `Basic ${packed(`you:${SECRET}`)}`],
    ['in a login of a third', `Basic ${packed(`they:${SECRET}`)}`],
    ['in a login that is escaped first', `Basic ${packed(`me:${goUrlEscape(SECRET, 'query')}`)}`],
    ['as base64 for URLs', Buffer.from(`{"k":"${SECRET}"}`).toString('base64url')],
  ])('is found %s', (_, text) => {
    const shown = createHidden([SECRET]).inValue(text)
    expect(shown).toContain('*****')
    const tokens = shown.match(/[\w+/-]{4,}/g) ?? []
    const texts = [shown, ...tokens.flatMap(one => [0, 1, 2, 3].map(by => decoded(one.slice(by))))]
    expect(texts.filter(one => /Zq|7<|xü|Q9|%w/.test(one))).toEqual([])
  })

  const decoded = (text: string) => Buffer.from(text, 'base64').toString('utf8')

  test('a file has a newline at its end, and texts without it; several lines are told one by one', () => {
    const hidden = createHidden(['first-line\nsecond-line\n'])
    expect(hidden.inMessage('unexpected token "second-line"')).toBe('unexpected token "*****"')
    expect(createHidden(['word\n']).inMessage('no word is told')).toBe('no ***** is told')
  })

  test('a piece of eight characters is too much for a message; in a value it may stand by chance', () => {
    const hidden = createHidden(['correcthorsebattery'])
    expect(hidden.inMessage('...|recthorseb|...')).toBe('...|*****|...')
    expect(hidden.inMessage('a horse')).toBe('a horse')
    expect(hidden.inValue('recthorseb')).toBe('recthorseb')
    expect(createHidden(['123']).inValue('0.123')).toBe('0.123')
  })

  test('whatever shows a trace of a file is hidden as a whole', () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `line ${i}: Zq"${packed(String(i * i * 7919))}`)
    const file = lines.join('\n')
    const hidden = createHidden([file])
    for (const text of [
      file,
      JSON.stringify({ file }),
      goUrlEscape(file, 'query'),
      packed(`me:${file}`),
      file.slice(0, 900),
    ])
      expect(hidden.inValue(`it is ${text}`)).toBe('*****')
    expect(hidden.inValue('a line of something else')).toBe('a line of something else')
  })

  test('nothing is hidden of a text that has nothing to do with it', () => {
    const text = fc.stringMatching(/^[a-m ]{0,60}$/)
    const secret = fc.stringMatching(/^[n-z]{1,20}$/)
    fc.assert(
      fc.property(text, secret, (said, hushed) => {
        expect(createHidden([hushed, '']).inMessage(said)).toBe(said)
      }),
    )
  })

  test('no message keeps a secret, wherever it stands and whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!secret.includes('*') && secret.trim() !== '')
        const shown = createHidden([secret]).inMessage(`${before}${secret}${after}`)
        expect(shown.includes(secret)).toBe(false)
      }),
    )
  })
})
