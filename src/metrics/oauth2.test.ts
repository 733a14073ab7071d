// Tokens for measurements: how they are asked for, and what is said when there is none.
import { describe, expect, test } from 'vitest'
import { HttpError } from '../doors/http.ts'
import type { Answered, Hop } from '../doors/outgoing/hop.ts'
import { readUrl } from '../std/go/url.ts'
import { createHidden } from '../std/hidden.ts'
import { withToken } from './oauth2.ts'

const NEVER = new AbortController().signal

interface Given {
  readonly status?: number
  readonly type?: string
  readonly body: string
}

async function asked(...answers: readonly Given[]) {
  const hops: Hop[] = []
  const roundTrip = async (hop: Hop): Promise<Answered> => {
    const { status = 200, type = 'application/json', body } = answers[hops.length] ?? { body: 'measured' }
    hops.push(hop)
    const headers = { 'content-type': type }
    return { status, statusText: `${status} Answer`, headers, text: async () => body, discard: () => {} }
  }
  const oauth2 = { tokenUrl: 'http://tokens/t', clientId: 'id:1', clientSecret: 's&c', scopes: ['r', 'w'] }
  const read = readUrl('http://shop/')
  if ('problem' in read) throw new Error(read.problem)
  const hop: Hop = { method: 'GET', url: read.url, headers: {}, body: undefined }
  const said = await withToken(
    roundTrip,
    oauth2,
    createHidden(),
  )(hop, NEVER).catch((error: HttpError) => error.message)
  return { hops, said: typeof said === 'string' ? said : '' }
}

const TOKEN = { body: '{"access_token":"T1","token_type":"bearer"}' }

describe('a token', () => {
  test('is asked for with the login in a header, and goes with the request', async () => {
    const { hops } = await asked(TOKEN)
    expect(hops[0]).toMatchObject({
      method: 'POST',
      headers: { Authorization: 'Basic aWQlM0ExOnMlMjZj' },
      body: 'grant_type=client_credentials&scope=r+w',
    })
    expect(hops[1]?.headers).toEqual({ Authorization: 'Bearer T1' })
  })

  test('that is refused so is asked for with the login in the form', async () => {
    const { hops } = await asked({ status: 401, body: '{"error":"invalid_client"}' }, TOKEN)
    expect(hops[1]?.body).toBe('client_id=id%3A1&client_secret=s%26c&grant_type=client_credentials&scope=r+w')
    expect(hops[1]?.headers['Authorization']).toBeUndefined()
    expect(hops).toHaveLength(3)
  })

  test('may come as a form, and be of another type', async () => {
    const type = 'application/x-www-form-urlencoded; charset=utf-8'
    const { hops } = await asked({ type, body: 'access_token=T%2B2&token_type=mac' })
    expect(hops[1]?.headers).toEqual({ Authorization: 'MAC T+2' })
  })

  test.each([
    [{ status: 403, body: '{"error":"no","error_description":"who"}' }, 'oauth2: "no" "who"'],
    [{ status: 500, body: 'boom' }, 'oauth2: cannot fetch token: 500 Answer\nResponse: boom'],
    [{ body: '{}' }, 'oauth2: server response missing access_token'],
    [{ body: '<html>' }, "oauth2: cannot parse json: invalid character '<' looking for beginning of value"],
  ])('%j is none: %s', async (answer, problem) => {
    expect((await asked(answer, answer)).said).toContain(problem)
  })
})
