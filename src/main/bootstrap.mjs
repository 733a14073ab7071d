// What `npm start`, `npm test` and `npm run …` run, with Node alone, on an empty checkout: installs what the lock
// file names and is missing, builds what is stale, then starts the program or runs every check.
import { spawn, spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const local = name => join(root, 'node_modules', '.bin', name)

function fail(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0
}

/** What is installed is not older than the lock file. */
function isInstalled() {
  const lock = join(root, 'package-lock.json')
  const installed = join(root, 'node_modules', '.package-lock.json')
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs
}

function install() {
  if (isInstalled()) return
  process.stderr.write('installing dependencies…\n')
  // No package needs its install script: what is compiled comes prebuilt.
  if (!run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']))
    fail('npm ci failed; its message stands above.')
}

function newest(folder) {
  let at = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) at = Math.max(at, statSync(join(entry.parentPath, entry.name)).mtimeMs)
  }
  return at
}

const stamp = join(root, 'dist', '.built')

/** Nothing of the sources, the settings and the lock file is newer than the last build. */
function isBuilt() {
  const settings = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']
  const wanted = Math.max(
    newest(join(root, 'src')),
    ...settings.map(file => statSync(join(root, file)).mtimeMs),
  )
  return existsSync(stamp) && statSync(stamp).mtimeMs >= wanted
}

/** Compiles src/ to dist/ when it is stale. */
async function build() {
  if (isBuilt()) return
  process.stderr.write('building…\n')
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  if (!run(process.execPath, [local('tsc'), '--project', 'tsconfig.build.json']))
    fail('the build failed; see above.')
  await bundlePlugin()
  await bundlePage()
  writeFileSync(stamp, '')
}

/**
 * The two programs. `kubectl-argo-rollouts` is one CommonJS file and a loader for it, because that starts fastest;
 * `crossfade` is a loader of the ES modules.
 */
async function bundlePlugin() {
  const sources = join(root, 'src', 'main')
  const folder = join(root, 'dist', 'bin')
  const { build: bundle } = createRequire(import.meta.url)('esbuild')
  mkdirSync(folder, { recursive: true })
  await bundle({
    entryPoints: [join(sources, 'plugin.ts')],
    outfile: join(folder, 'rollouts.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
  })
  // A file without an extension is what the nearest package.json says; the project's own says ESM.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
  const copies = {
    'node-version.cjs': 'node-version.cjs',
    'crossfade.cjs': 'crossfade.cjs',
    'program-loader.cjs': 'crossfade',
    'plugin-loader.cjs': 'kubectl-argo-rollouts',
    'plugin-completion.sh': 'kubectl_complete-argo-rollouts',
  }
  for (const [from, to] of Object.entries(copies)) copyFileSync(join(sources, from), join(folder, to))
  for (const program of Object.values(copies).filter(name => !name.includes('.')))
    chmodSync(join(folder, program), 0o755)
}

/** The dashboard's page: what a browser loads, from sources and packages that nothing else needs. */
async function bundlePage() {
  const sources = join(root, 'src', 'dashboard', 'page')
  const folder = join(root, 'dist', 'dashboard', 'page')
  if (!run(process.execPath, [local('tsc'), '--project', join(sources, 'tsconfig.json')]))
    fail('the page has type errors; see above.')
  const { build: bundle } = createRequire(import.meta.url)('esbuild')
  await bundle({
    entryPoints: {
      app: join(sources, 'main.tsx'),
      hub: join(sources, 'live', 'hub-worker.ts'),
      page: join(sources, 'style.css'),
    },
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
  })
  copyFileSync(join(sources, 'icon.svg'), join(folder, 'icon.svg'))
}

/** Builds and packs; npm prints what is in it, and how large it is. */
async function pack() {
  await build()
  if (!run('npm', ['pack', '--loglevel=notice'])) fail('npm pack failed; its message stands above.')
}

/** npm packs whatever is there: only what was built from these sources may go out. */
function checkPack() {
  if (!isBuilt()) fail('nothing to pack: dist/ is not built from these sources. Run: npm run pack')
}

/** Type check, lint, format check, search for dead code, every test; the last line counts them all. */
async function test(names) {
  await build()
  const checks = [
    ['types', [local('tsc'), '--noEmit']],
    ['lint', [local('oxlint')]],
    ['format', [local('oxfmt'), '--check', 'src', 'test', 'bench']],
    ['nothing dead', [local('knip')]],
    ['nothing that only tests use', [local('knip'), '--production']],
  ]
  let passed = 0
  let failed = 0
  for (const [name, args] of names.length > 0 ? [] : checks) {
    const good = run(process.execPath, args)
    process.stdout.write(`${name}: ${good ? 'passed' : 'FAILED'}\n`)
    if (good) passed++
    else failed++
  }
  const report = join(root, 'dist', 'test-report.json')
  run(process.execPath, [
    local('vitest'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
    ...names,
  ])
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined
  if (result === undefined) fail('the tests did not run; see above.')
  const brokenFiles = result.testResults.filter(
    file => file.status === 'failed' && file.assertionResults.length === 0,
  )
  passed += result.numPassedTests
  failed += result.numFailedTests + brokenFiles.length
  const skipped = result.testResults
    .flatMap(file => file.assertionResults)
    .filter(one => one.status === 'pending')
  const why = new Set(skipped.map(one => one.ancestorTitles[0] ?? one.title))
  if (skipped.length > 0) process.stdout.write(`${skipped.length} skipped: ${[...why].join('; ')}\n`)
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  process.exit(failed > 0 ? 1 : 0)
}

/** Runs a TypeScript program of bench/ or test/: bundled first, since Node 20 reads no TypeScript. */
async function runScript([file, ...args]) {
  await build()
  const { build: bundle } = createRequire(import.meta.url)('esbuild')
  const outfile = join(root, 'dist', 'scripts', file.replace(/\.ts$/, '.mjs'))
  await bundle({
    entryPoints: [join(root, file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    // A table of a package is JSON: Node wants to be told so, and understands it since 20.10.
    supported: { 'import-attributes': true },
    logLevel: 'error',
  })
  const child = spawn(process.execPath, [outfile, ...args], { stdio: 'inherit', cwd: root })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', code => process.exit(code ?? 1))
}

/** Builds in a process of its own, so that nothing of it stays in memory; the program then runs in this one. */
async function start(args) {
  if (!run(process.execPath, [fileURLToPath(import.meta.url), 'build'])) process.exit(1)
  const program = join(root, 'dist', 'main', 'crossfade.js')
  process.argv = [process.execPath, program, 'start', ...args]
  await import(pathToFileURL(program).href)
}

/** What is to be installed or built is written into the checkout. */
function checkOwner() {
  try {
    accessSync(root, constants.W_OK)
  } catch {
    fail(
      `${root} can not be written to, and something is to be built there. Copy it to a folder of your own.`,
    )
  }
}

const [command, ...args] = process.argv.slice(2)
if (command === 'check-pack') checkPack()
else {
  if (!isInstalled() || !isBuilt()) checkOwner()
  install()
}
if (command === 'build') await build()
else if (command === 'pack') await pack()
else if (command === 'test') await test(args)
else if (command === 'run') await runScript(args)
else if (command !== 'check-pack') await start(args)
