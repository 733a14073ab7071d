// Parameters of a query and of a form, and answers in JSON.
import { afterEach, expect, test } from 'vitest'
import { serveForms } from './form-server.ts'

let close = () => Promise.resolve()
afterEach(() => close())

async function asked(path: string, init: RequestInit = {}) {
  const server = await serveForms(({ path: at, parameters }) =>
    Promise.resolve(at === '/none' ? undefined : { status: 200, body: [at, ...parameters] }),
  )
  close = server.close
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, init)
  return [answer.status, await answer.json()]
}

test('both come as one', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  expect(await asked('/api?a=1', { method: 'POST', headers, body: 'b=2%203&a=4' })).toEqual([
    200,
    ['/api', ['a', '1'], ['b', '2 3'], ['a', '4']],
  ])
})

test('a path that leads nowhere is a 404', async () => {
  expect(await asked('/none')).toEqual([404, { status: 'error', error: 'not found' }])
})

test('a form that is too large is a 400', async () => {
  const [status, body] = await asked('/api', { method: 'POST', body: 'a'.repeat(2_000_000) })
  expect(status).toBe(400)
  expect(body).toMatchObject({ error: expect.stringContaining('a form may have 1048576 bytes') })
})
