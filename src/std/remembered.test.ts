// Answers that are remembered, within bounds.
import { expect, test } from 'vitest'
import { remembered } from './remembered.ts'

test('an answer is made once, and again only after too many others', () => {
  const asked: string[] = []
  const answer = remembered(2, text => {
    asked.push(text)
    return text.length
  })
  expect(['a', 'bb', 'a', 'ccc', 'a'].map(answer)).toEqual([1, 2, 1, 3, 1])
  expect(asked).toEqual(['a', 'bb', 'ccc', 'a'])
})

test('a number is another question than its text', () => {
  const answer = remembered(2, (key: string | number) => typeof key)
  expect([answer(1), answer('1'), answer(1)]).toEqual(['number', 'string', 'number'])
})
