// A program of this tree as one file of JavaScript, since Node 20 reads no TypeScript.
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Plugin } from 'esbuild'

/** `entry` from the root; the file stands below `dist/scripts` under the name `as`. Returns its path. */
export async function bundle(entry: string, as: string, plugins: Plugin[] = []): Promise<string> {
  const outfile = join(process.cwd(), 'dist', 'scripts', as)
  await build({
    entryPoints: [join(process.cwd(), entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    supported: { 'import-attributes': true },
    logLevel: 'error',
    plugins,
  })
  return outfile
}
