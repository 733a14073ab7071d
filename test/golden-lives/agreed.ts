// The lives that must agree with their recordings. Those in virtual time run with every test; `npm run
// golden` plays all that it is told to, these when it is told nothing.

export const AGREED: readonly string[] = [
  'bg-basic',
  'bg-auto',
  'bg-auto-seconds',
  'bg-abort-retry',
  'bg-undo',
  'bg-no-preview-service',
  'bg-paused-by-user',
  'bg-scale-while-waiting',
]
