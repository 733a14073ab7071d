// The page as far as there is one: it exchanges the key of its URL for a session and lists the rollouts, live. Texts of
// objects are only ever set as text; the policy allows no script or style but these two files.
import type { Answer } from './answer.ts'

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'"

export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** `prefix`: the root path, escaped as it is asked for. */
export function page(prefix: string): Answer {
  const at = `${prefix}/crossfade`
  return file(
    'text/html; charset=utf-8',
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Rollouts</title>
<link rel="stylesheet" href="${at}/page.css">
<script src="${at}/page.js" defer></script>
</head>
<body>
<h1>Rollouts</h1>
<p id="state" role="status">Connecting …</p>
<table>
<thead><tr><th>Namespace</th><th>Name</th><th>Phase</th><th>Message</th><th>Strategy</th><th>Step</th>
<th>Weight</th><th>Ready</th></tr></thead>
<tbody id="rollouts"></tbody>
</table>
</body>
</html>
`,
  )
}

/** Files of the page, by name. */
export function pageFile(path: string): Answer | undefined {
  if (path === '/page.js') return file('text/javascript; charset=utf-8', SCRIPT)
  return path === '/page.css' ? file('text/css; charset=utf-8', STYLE) : undefined
}

function file(type: string, body: string): Answer {
  return { status: 200, headers: { 'content-type': type, 'cache-control': 'no-cache' }, body }
}

const STYLE = `:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 1.5rem; }
table { border-collapse: collapse; }
th, td { padding: 0.25rem 0.75rem; text-align: left; border-bottom: 1px solid #8886; }
`

const SCRIPT = `'use strict'
const at = document.currentScript.src.replace(/page\\.js$/, '')
const rows = new Map()
const say = text => { document.getElementById('state').textContent = text }

async function enter() {
  const key = location.hash.slice(1)
  if (key === '') return
  history.replaceState(null, '', location.pathname + location.search)
  const answer = await fetch(at + 'session', { method: 'POST', body: key })
  if (!answer.ok) say('This link was used already, or is too old.')
}

function show() {
  const cells = row => [row.namespace, row.name, row.phase, row.message, row.strategy,
    row.step === undefined ? '' : row.step + '/' + row.steps,
    row.setWeight === undefined ? '' : row.setWeight + ' %, seen ' + row.actualWeight + ' %',
    row.ready + '/' + row.desired]
  const line = row => {
    const tr = document.createElement('tr')
    for (const text of cells(row)) tr.appendChild(document.createElement('td')).textContent = text
    return tr
  }
  const all = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => line(row))
  document.getElementById('rollouts').replaceChildren(...all)
  say(all.length === 0 ? 'There are no rollouts.' : all.length + ' rollouts, live.')
}

function merge(changes) {
  for (const [key, fields] of Object.entries(changes)) {
    if (fields === null) { rows.delete(key); continue }
    const row = { ...rows.get(key), ...fields }
    for (const name of Object.keys(row)) if (row[name] === null) delete row[name]
    rows.set(key, row)
  }
  show()
}

function listen() {
  const stream = new EventSource(at + 'stream')
  stream.addEventListener('snapshot', event => { rows.clear(); merge(JSON.parse(event.data)) })
  stream.addEventListener('changes', event => merge(JSON.parse(event.data)))
  stream.onerror = () => say(stream.readyState === EventSource.CLOSED
    ? 'Not signed in: crossfade dashboard --url prints a link.' : 'Connecting again …')
}

enter().then(listen)
`
