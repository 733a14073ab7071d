// The lives that must agree with their recordings. Those in virtual time run with every test; `npm run
// golden` plays all that it is told to, these when it is told nothing.

export const AGREED: readonly string[] = [
  'bg-abort-retry',
  'bg-auto',
  'bg-auto-seconds',
  'bg-basic',
  'bg-deadline',
  'bg-deadline-abort',
  'bg-history',
  'bg-metadata',
  'bg-new-image-while-waiting',
  'bg-no-preview-service',
  'bg-paused-by-user',
  'bg-preview-count',
  'bg-restart',
  'bg-scale-down-limit',
  'bg-scale-while-waiting',
  'bg-undo',
  'missing-service',
  'zero-replicas',
]
