// What knip counts as used. `npm test` runs it twice: once over everything, and once over the product alone
// (`--production`), where what only tests use is dead. An export that its own file uses may be there for a test.
const isProduct = process.argv.includes('--production')

export default {
  entry: [
    'src/main/{crossfade,plugin}.ts!',
    'src/main/*.cjs!',
    // What a browser loads; bootstrap.mjs bundles it.
    'src/dashboard/page/{main.tsx,live/hub-worker.ts}!',
    // Plays lives for the tests; commands for users are to stand on it.
    'src/sim/world.ts!',
    'src/sim/model/world.ts!',
    'src/sim/lives/{life,draw,shrink}.ts!',
    // How `lint` reads a manifest, proven on recorded lints; the command is to stand on it.
    'src/api/strict-read.ts!',
    // Scripts of `npm run script`, `npm run sim`, `npm run fuzz`, `npm run golden`, `npm run planted` and `npm run same`; that bundles one with each tree.
    'bench/*.ts',
    'test/acceptance/*.ts',
    'test/fuzz/run.ts',
    'test/golden-lives/run.ts',
    'test/golden-api/record.ts',
    'test/planted/{run,hunt}.ts',
    'test/sim/run.ts',
    'test/same/{run,decide-worlds}.ts',
  ],
  project: ['src/**!', '!src/**/*.{test,suite}.ts!', 'test/**', 'bench/**'],
  treatConfigHintsAsErrors: true,
  ignoreExportsUsedInFile: isProduct,
  // bootstrap.mjs runs them.
  ignoreDependencies: ['oxfmt', 'oxlint'],
  ignoreBinaries: ['chromium', 'flock', 'kubectl', 'mkfifo', 'nginx', 'unshare'],
}
