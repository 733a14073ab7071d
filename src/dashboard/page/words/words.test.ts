// The page's words: both languages have the same keys, with the same placeholders.
import { expect, test } from 'vitest'
import { CHINESE } from './chinese.ts'
import { ENGLISH } from './english.ts'
import { filled, languageOf } from './words.ts'

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted()

test('every word has its translation, with the same placeholders', () => {
  expect(Object.keys(CHINESE).toSorted()).toEqual(Object.keys(ENGLISH).toSorted())
  const other = (Object.keys(ENGLISH) as (keyof typeof ENGLISH)[]).filter(
    key => placeholders(ENGLISH[key]).join() !== placeholders(CHINESE[key]).join(),
  )
  expect(other).toEqual([])
})

test('the browser’s first known language counts', () => {
  expect(languageOf(['de-DE', 'zh-Hans-CN', 'en'])).toBe('zh')
  expect(languageOf(['en-GB', 'zh'])).toBe('en')
  expect(languageOf(['fr'])).toBe('en')
})

test('a value never stands for a placeholder of its own', () => {
  expect(filled('{act}: {name}?', { act: '{name}', name: 'x' })).toBe('{name}: x?')
})
