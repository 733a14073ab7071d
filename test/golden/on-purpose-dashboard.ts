// Where our dashboard's API answers otherwise than the recorded one, and why. Read by dashboard.test.ts.

export interface DashboardDifference {
  readonly n: readonly number[]
  readonly what: string
  readonly why: string
}

export const ON_PURPOSE_DASHBOARD: readonly DashboardDifference[] = [
  { n: [26], what: 'PATCH breaks the connection there; here it is 501', why: 'a refusal is an answer' },
  {
    n: [33],
    what: 'a page of elsewhere is answered there; here it is 403',
    why: 'nobody else\u2019s page may read or act',
  },
  {
    n: [35, 36, 37, 38, 39, 44, 98, 99, 100, 102, 106, 110],
    what: 'the page was not built into the recorded binary: its body is empty; status and type agree',
    why: 'ours has a page',
  },
  {
    n: [50, 51],
    what: 'a watch of a rollout that does not exist gives not one byte there; here it is 404',
    why: 'who waits for ever learns nothing',
  },
  {
    n: [54],
    what: 'a watch of a namespace without rollouts gives not even headers there; here headers come at once',
    why: 'a browser counts a stream as open from its headers on',
  },
  {
    n: [45, 46, 47, 48, 49],
    what: 'one rollout is sent again each second there; here when it changed',
    why: 'at rest nothing is sent',
  },
  {
    n: [82, 83, 84, 85, 89, 90, 91],
    what: 'set image and undo act but never answer there; here they answer with the rollout',
    why: 'a script that waits must not wait for ever',
  },
  {
    n: [88],
    what: 'set image of one word applies `:WORD` there; here it is 400',
    why: 'that image can not be pulled',
  },
]
