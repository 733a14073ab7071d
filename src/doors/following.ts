// One AbortSignal that follows another: many listeners here are one listener there, and none once it is over.
// `AbortSignal.any` on a signal that lives as long as the process keeps every signal that it ever made.

/** A controller of our own that also aborts when `signal` does; aborted by itself, it leaves nothing behind there. */
export function following(signal: AbortSignal): AbortController {
  const own = new AbortController()
  if (signal.aborted) own.abort()
  else signal.addEventListener('abort', () => own.abort(), { once: true, signal: own.signal })
  return own
}
