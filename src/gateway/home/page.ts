// The gateway's home page, for whoever asks it under no Service's name: plain text for curl, a page that keeps itself
// up to date for browsers.
import { htmlText } from '../../std/html.ts'
import type { HomeFacts, Shown, Version } from './facts.ts'

const BAR = 30

export function homeText({ services, splits, commands }: HomeFacts): string {
  const names = widest(services.first.map(({ name }) => name))
  const urls = widest(services.first.map(({ url }) => url))
  const lines = [
    'Services:',
    ...shown(services, ({ name, url, behind }) => [
      `  ${name.padEnd(names)}  ${url.padEnd(urls)}  ${versionsText(behind)}`,
    ]),
    ...(splits.first.length === 0 ? [] : ['', 'Traffic:']),
    ...shown(splits, ({ place, parts }) => [
      `  ${place}`,
      ...parts.map(({ service, percent, behind }) => {
        const bar = '#'.repeat(Math.round((percent / 100) * BAR)).padEnd(BAR, '.')
        return `    ${bar} ${String(percent).padStart(3)} %  ${service}  ${versionsText(behind)}`
      }),
    ]),
    '',
    'Next:',
    ...shown(commands, command => [`  ${command}`]),
  ]
  return `${lines.join('\n')}\n`
}

function shown<T>({ first, more }: Shown<T>, linesOf: (one: T) => readonly string[]): readonly string[] {
  return [...first.flatMap(linesOf), ...(more === 0 ? [] : [`  and ${more} more`])]
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(text => text.length))
}

function versionsText(behind: readonly Version[]): string {
  if (behind.length === 0) return 'no pod is ready'
  return behind
    .map(({ version, role, pods }) => {
      const who = [version, role].filter(text => text !== '').join(' ')
      return `${who === '' ? '' : `${who}, `}${pods} ${pods === 1 ? 'pod' : 'pods'}`
    })
    .join('; ')
}

export function homeHtml({ services, splits, commands }: HomeFacts): string {
  const rows = services.first.map(
    ({ name, url, behind }) =>
      `<tr><td><a href="${htmlText(url)}">${htmlText(name)}</a></td><td>${htmlText(versionsText(behind))}</td></tr>`,
  )
  const bars = splits.first.map(
    ({ place, parts }) =>
      `<section><h3>${htmlText(place)}</h3>${parts
        .map(
          ({ service, percent, behind }, i) =>
            `<div class="part"><span class="bar"><i class="n${i % 4}" style="width:${percent}%"></i></span>` +
            `<b>${percent} %</b> ${htmlText(service)} <small>${htmlText(versionsText(behind))}</small></div>`,
        )
        .join('')}</section>`,
  )
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Crossfade gateway</title>
<style>${STYLE}</style>
<main>
<h1>Crossfade gateway</h1>
${bars.length === 0 ? '' : `<h2>Traffic</h2>${bars.join('')}${moreHtml(splits)}`}
<h2>Services</h2>
<table>${rows.join('') || '<tr><td>none yet</td></tr>'}</table>${moreHtml(services)}
<h2>Next</h2>
${commands.first.map(command => `<pre>${htmlText(command)}</pre>`).join('')}${moreHtml(commands)}
</main>
<script>${SCRIPT}</script>
</html>
`
}

function moreHtml({ more }: Shown<unknown>): string {
  return more === 0 ? '' : `<p>and ${more} more</p>`
}

const STYLE = `
:root { color-scheme: light dark; --line: #8883; --soft: #8882 }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 }
main { max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 3rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem } h3 { font-size: 1rem; margin: .5rem 0 }
table { border-collapse: collapse; width: 100% }
td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line) }
pre { background: var(--soft); padding: .5rem .8rem; border-radius: 6px; overflow-x: auto }
small { opacity: .75 }
.part { display: grid; grid-template-columns: 14rem 4rem auto auto 1fr; gap: .8rem; align-items: center }
.bar { background: var(--soft); border-radius: 4px; height: 1rem; overflow: hidden }
.bar i { display: block; height: 100%; transition: width .5s } .n0 { background: #2f6fde } .n1 { background: #1f9d55 }
.n2 { background: #e07b1a } .n3 { background: #7b4bd1 }
@media (max-width: 45rem) { .part { grid-template-columns: 1fr } }
`

const SCRIPT = `
setInterval(async () => {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined)
  if (!answer || !answer.ok) return
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main')
  const main = document.querySelector('main')
  if (next && getSelection().isCollapsed && next.innerHTML !== main.innerHTML) main.replaceWith(next)
}, 2000)
`
