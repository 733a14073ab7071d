// Which port a server gets when others were there first.
import { expect, test } from 'vitest'
import { movedNote, onPort } from './ports.ts'

const usual = { flag: '--port', port: 6443, mayMove: true }
const named = { ...usual, mayMove: false }

/** Opens any port but these; gives back the one that it was. */
function opening(taken: readonly number[], code = 'EADDRINUSE') {
  return (port: number) =>
    taken.includes(port) ? Promise.reject(Object.assign(new Error(code), { code })) : Promise.resolve(port)
}

test('the usual port where it is free, else the next one that is, and that is said', async () => {
  expect(await onPort(usual, opening([]))).toBe(6443)
  const got = await onPort(usual, opening([6443, 6444]))
  expect(got).toBe(6445)
  expect(movedNote('the API server', usual, got)).toEqual([
    'port 6443 is taken: the API server is at 6445 (--port NUMBER names another)',
  ])
  expect(movedNote('the API server', usual, 6443)).toEqual([])
})

test('any free one where all the neighbours are taken', async () => {
  const neighbours = Array.from({ length: 21 }, (_, i) => 6443 + i)
  expect(await onPort(usual, opening(neighbours))).toBe(0)
})

test('a port that a flag names is that one, or a sentence', async () => {
  expect(await onPort(named, opening([]))).toBe(6443)
  await expect(onPort(named, opening([6443]))).rejects.toThrow(
    'port 6443 is in use by another program; choose another with --port NUMBER, or any free one with --port 0',
  )
  await expect(onPort(named, opening([6443], 'EACCES'))).rejects.toThrow('may not be opened by this user')
})

test('what is no matter of ports is told as it is', async () => {
  await expect(onPort(usual, opening([6443], 'EMFILE'))).rejects.toThrow('EMFILE')
})
