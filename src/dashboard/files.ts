// The page's files, built from src/dashboard/page, and the headers that keep it safe: nothing but these files runs or
// styles it, and it talks to this server alone. Texts of objects are only ever set as text.
import type { Answer } from './answer.ts'

/** By name: `app.js`, `hub.js`, `page.css`. */
export type PageFiles = Readonly<Record<string, string>>

const POLICY =
  "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** `prefix`: the root path, escaped as it is asked for. The browser's own address says which view is meant. */
export function page(files: PageFiles, prefix: string): Answer {
  const at = `${prefix}/crossfade`
  return file(
    'text/html; charset=utf-8',
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Crossfade</title>
<link rel="icon" href="${at}/icon.svg">
<link rel="stylesheet" href="${at}/page.css">
<script type="module" src="${at}/app.js"></script>
</head>
<body><div id="app">${files['app.js'] === undefined ? 'The page is not built: npm run build' : ''}</div>
<noscript>This page needs JavaScript.</noscript></body>
</html>
`,
  )
}

/** Undefined: there is none of this name. */
export function pageFile(files: PageFiles, path: string): Answer | undefined {
  const name = path.slice(1)
  const body = Object.hasOwn(files, name) ? files[name] : undefined
  const type = TYPES[name.split('.').at(-1) ?? '']
  return body === undefined || type === undefined ? undefined : file(type, body)
}

function file(type: string, body: string): Answer {
  return { status: 200, headers: { 'content-type': type, 'cache-control': 'no-cache' }, body }
}
