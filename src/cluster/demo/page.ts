// The demo application's page: asks its own address four times a second, and title and background follow the traffic.
// What is seen is the share of each version in the last 100 answers, errors apart.
import { htmlText } from '../../std/html.ts'
import { COLOURS } from './version-colour.ts'

export interface PageFacts {
  readonly version: string
  readonly colour: string
  readonly pod: string
  readonly service: string
  readonly error?: string
}

export function demoPage({ version, colour, pod, service, error }: PageFacts): string {
  const answered = `${pod} answered for Service ${service}${error === undefined ? '' : `: ${error}`}`
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${htmlText(version)}</title>
<style>${STYLE}</style>
<main>
<h1 id="version">${htmlText(version)}</h1>
<div id="shares"></div>
<div id="seen" title="the last 100 answers, newest last"></div>
<p id="who">${htmlText(answered)}</p>
</main>
<script>
const paints = ${JSON.stringify(COLOURS)}
const first = ${inScript({ version, colour, isError: error !== undefined })}
${SCRIPT}
</script>
</html>
`
}

const STYLE = `
:root { color-scheme: light dark }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; font: 16px/1.4 system-ui, sans-serif;
  transition: background 1s }
main { display: grid; gap: 1.2rem; justify-items: center; padding: 2rem; border-radius: 1rem; min-width: 28rem;
  background: Canvas; color: CanvasText; opacity: .93 }
h1 { margin: 0; font-size: 4rem } p { margin: 0; opacity: .75 }
#shares { display: grid; grid-template-columns: auto 14rem auto; gap: .4rem .8rem; align-items: center }
#shares span { background: #8882; height: 1rem; border-radius: 4px; overflow: hidden }
#shares i { display: block; height: 100% }
#seen { display: flex; flex-wrap: wrap; gap: 4px; width: 26rem; min-height: 44px; align-content: start }
#seen i { width: 12px; height: 12px; border-radius: 3px } #seen i.error { border-radius: 6px; outline: 2px solid red }
`

const SCRIPT = `
const answers = []
const by = id => document.getElementById(id)
function show(answer) {
  answers.push(answer)
  if (answers.length > 100) answers.shift()
  const counts = new Map()
  for (const one of answers) {
    const name = one.version + (one.isError ? ' errors' : '')
    const share = counts.get(name) ?? { count: 0, paint: paints[one.colour] ?? '#555', version: one.version }
    share.count++
    counts.set(name, share)
  }
  const shares = [...counts].sort((a, b) => b[1].count - a[1].count)
  const percent = share => Math.round((share.count / answers.length) * 100)
  document.title = shares.map(([name, share]) => name + ' ' + percent(share) + ' %').join(', ')
  by('version').textContent = shares[0][1].version
  by('shares').replaceChildren(...shares.flatMap(([name, share]) => {
    const [label, bar, part, text] = ['b', 'span', 'i', 'b'].map(tag => document.createElement(tag))
    label.textContent = name
    part.style.cssText = 'width:' + percent(share) + '%;background:' + share.paint
    bar.append(part)
    text.textContent = percent(share) + ' %'
    return [label, bar, text]
  }))
  let at = 0
  const stops = shares.map(([, share]) => {
    const from = at
    at += (share.count / answers.length) * 100
    return share.paint + ' ' + from + '% ' + at + '%'
  })
  document.body.style.background = 'linear-gradient(90deg, ' + stops.join(', ') + ')'
  const dot = document.createElement('i')
  dot.style.background = paints[answer.colour] ?? '#555'
  if (answer.isError) dot.className = 'error'
  by('seen').append(dot)
  if (by('seen').children.length > 100) by('seen').firstChild.remove()
}
async function ask() {
  const answer = await fetch(location.href, { headers: { accept: 'application/json' } }).catch(() => undefined)
  const facts = answer && (await answer.json().catch(() => undefined))
  if (!facts) return show({ version: 'no answer', colour: '', isError: true })
  show({ version: facts.version, colour: facts.colour, isError: answer.status >= 500 })
  by('who').textContent = facts.pod + ' answered for Service ' + facts.service + (facts.error ? ': ' + facts.error : '')
}
show(first)
setInterval(ask, 250)
`

/** A text of an object ends no script. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}
