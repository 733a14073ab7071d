// Snapshots that are taken later than the scenario says. The recorder takes one again until nothing has changed
// meanwhile, and where the recorded controller wrote without end after an abort, that was when the pods had gone.
interface Later {
  readonly lives: readonly string[]
  readonly snapshot: string
  readonly seconds: number
  readonly reason: string
}

const LATER: readonly Later[] = [
  {
    lives: ['router-alb-experiment-abort'],
    snapshot: 'aborted',
    seconds: 30,
    reason:
      'The experiment and the canary Service were written to and fro there until their pods had gone, 30 seconds ' +
      'after the abort; ours rests at once, and has the recorded state when its pods go.',
  },
]

export function laterMs(life: string, snapshot: string): number {
  const later = LATER.find(one => one.lives.includes(life) && one.snapshot === snapshot)
  return (later?.seconds ?? 0) * 1000
}
