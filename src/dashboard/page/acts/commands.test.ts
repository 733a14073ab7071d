// Each button's command, as a shell takes it.
import { expect, test } from 'vitest'
import { commandOf } from './commands.ts'

const of = { namespace: 'shop', name: 'web' }

test.each([
  [{ ...of, act: 'promote' }, 'kubectl argo rollouts promote web -n shop'],
  [{ ...of, act: 'promote-full' }, 'kubectl argo rollouts promote web --full -n shop'],
  [{ ...of, act: 'skip-step' }, 'kubectl argo rollouts promote web --skip-current-step -n shop'],
  [{ ...of, act: 'retry' }, 'kubectl argo rollouts retry rollout web -n shop'],
  [{ ...of, act: 'undo', revision: 3 }, 'kubectl argo rollouts undo web --to-revision=3 -n shop'],
  [
    { ...of, act: 'set-image', container: 'app', image: "x'; rm -rf /" },
    `kubectl argo rollouts set image web 'app=x'\\''; rm -rf /' -n shop`,
  ],
] as const)('%j', (asked, command) => expect(commandOf(asked)).toBe(command))
