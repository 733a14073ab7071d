// Planted bugs prove the tests only as long as they can be planted.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BUGS } from './bugs.ts'

test('each bug stands for one place of the product as it is', () => {
  const astray = BUGS.filter(({ file, find }) => readFileSync(file, 'utf8').split(find).length !== 2)
  expect(astray.map(({ file, name }) => `${file}: ${name}`)).toEqual([])
})
