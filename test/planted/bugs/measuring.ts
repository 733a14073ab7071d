// Bugs of measuring out of band: an answer that is lost or counted twice, a secret that is seen, a server that holds up
// others, work without a bound.
import { inFile } from '../bug.ts'
import type { Bug } from '../bug.ts'
import { ANALYSIS, HIDDEN, MEASURING, OUTGOING } from '../rooms.ts'

export const MEASURING_BUGS: readonly Bug[] = [
  ...inFile('src/metrics/prometheus/way.ts', MEASURING, [
    {
      name: 'a measurement waits for ever for credentials of Amazon',
      find: 'wire(hop, AbortSignal.any([own, given]))',
      replace: 'wire(hop, own)',
    },
  ]),
  ...inFile('src/analysis/providers/asking.ts', ANALYSIS, [
    {
      name: 'a run that is terminated drops the answer that is on its way',
      find: 'return open.includes(id) ? ',
      replace: "return open.includes('') ? ",
    },
    {
      name: 'a question is no longer listed when its answer has come, before that is recorded',
      find: '  return answer === undefined ? { questions } : { questions, ...measured(answer, at.snapshot.now) }',
      replace: '  return answer === undefined ? { questions } : measured(answer, at.snapshot.now)',
    },
  ]),
  ...inFile('src/analysis/decide.ts', ANALYSIS, [
    {
      name: 'a run ends while an answer is awaited that counts',
      find: 'isTerminating && !passes.some(pass => pass.isAwaited === true)',
      replace: 'isTerminating',
    },
    {
      name: 'what was measured of a metric that is gone from the spec is thrown away',
      find: ', ...ofOthers(plans, before)])',
      replace: '])',
    },
    {
      name: 'a run that can not be played leaves what is under way',
      find: 'if (open === undefined) return result',
      replace: "if (open === undefined || open.phase === 'Running') return result",
    },
  ]),
  ...inFile('src/analysis/status-size.ts', ANALYSIS, [
    {
      name: 'the last values of many metrics do not fit into the store',
      find: 'return total <= MOST ? kept :',
      replace: 'return total > 0 ? kept :',
    },
  ]),
  ...inFile('src/analysis/providers/job.ts', ANALYSIS, [
    {
      name: 'a Job goes on when its measurement is over',
      find: 'isOver(measurement.phase) && !hasEnded(one)',
      replace: 'isOver(measurement.phase) && hasEnded(one)',
    },
    {
      name: 'a Job goes that no status names yet',
      find: 'begun.includes(one.metadata.name)',
      replace: "begun.includes(one.metadata.uid ?? '')",
    },
    {
      name: 'a Job that is being deleted is a measurement',
      find: 'return isLivingJob(found) ? { measurement }',
      replace: 'return found.kind === JOB.kind ? { measurement }',
    },
  ]),
  ...inFile('src/analysis/due.ts', ANALYSIS, [
    {
      name: 'an interval of a millisecond asks without end',
      find: 'isBeyond(endedAt, now) ? 0 : endedAt + SECOND_MS',
      replace: 'isBeyond(endedAt, now) ? 0 : endedAt',
    },
  ]),
  ...inFile('src/analysis/finished.ts', MEASURING, [
    {
      name: 'a secret is seen in a value',
      find: 'hidden.inValue(shortened(value, LOOKED_AT))',
      replace: 'shortened(value, LOOKED_AT)',
    },
    {
      name: 'a value of any size goes into the status',
      find: 'const kept = shortened(shown, VALUE_BYTES)',
      replace: 'const kept = shortened(shown, VALUE_BYTES * 1000)',
    },
  ]),
  ...inFile('src/std/hidden.ts', HIDDEN, [
    {
      name: 'a secret is seen in the form in which a URL quotes it',
      find: 'unique([text, htmlText(text), ...urls, ...small])',
      replace: 'unique([text, htmlText(text)])',
    },
    {
      name: 'the login of a header is seen where a server echoes it',
      find: 'const clean = packed.reduce(withoutPacked, text)',
      replace: 'const clean = packed.length < 0 ? "" : text',
    },
    {
      name: 'a complaint shows the half of a secret',
      find: 'return [...secrets].reduce(withoutPieces, clean)',
      replace: 'return clean',
    },
  ]),
  ...inFile(
    'src/metrics/oauth2.ts',
    ['test/planted-secret.test.ts'],
    [
      {
        name: 'a token is seen where a server echoes it',
        find: '    hidden.add(token)',
        replace: '',
      },
    ],
  ),
  ...inFile('src/controller/measure.ts', MEASURING, [
    {
      name: 'a place is never given back',
      find: '  } finally {\n    leave()\n  }',
      replace: '  } finally {\n    void leave\n  }',
    },
    {
      name: 'a key that every object has by birth is taken for one of the Secret',
      find: 'isJsonObject(data) && Object.hasOwn(data, ref.key) ? data[ref.key] : undefined',
      replace: 'isJsonObject(data) ? data[ref.key] : undefined',
    },
  ]),
  ...inFile('src/metrics/room.ts', MEASURING, [
    {
      name: 'who waits for a server that never answers holds up all behind',
      find: '      if (hasRoom(one.place)) one.begin()',
      replace: '      if (!hasRoom(one.place)) return\n      one.begin()',
    },
    {
      name: 'who gives up keeps its place in the queue',
      find: '          waiting.delete(one)\n          resolve(undefined)',
      replace: '          resolve(undefined)',
    },
  ]),
  ...inFile('src/metrics/web.ts', MEASURING, [
    {
      name: 'a refusal counts as an answer',
      find: 'answer.status < 200 || answer.status > 299',
      replace: 'answer.status < 200',
    },
  ]),
  ...inFile('src/doors/outgoing/followed.ts', OUTGOING, [
    {
      name: 'a login follows a redirect to somebody else',
      find: 'isStripped ||= !isSameSite(first.url, next.url)',
      replace: 'isStripped ||= false',
    },
  ]),
  ...inFile('src/doors/outgoing/outgoing.ts', OUTGOING, [
    {
      name: 'a host that only we know is looked for by a proxy',
      find: 'wish?.proxied === false || isNear ?',
      replace: 'wish?.proxied === false ?',
    },
  ]),
  ...inFile('src/doors/outgoing/wire.ts', OUTGOING, [
    {
      name: 'an answer that is packed may be of any size unpacked',
      find: 'if (size > limitBytes) throw',
      replace: 'if (!isPacked && size > limitBytes) throw',
    },
    {
      name: 'what may not be sent twice is sent again',
      find: '!outcome.wasKept || !isReplayable || tries',
      replace: 'tries',
    },
  ]),
]
