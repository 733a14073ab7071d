// The dashboard's page as it was built: beside the programs, in `dist/dashboard/page`.
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PageFiles } from '../dashboard/files.ts'

/** Empty where nothing is built: the server then says so in the page's place. */
export function pageFiles(): PageFiles {
  const folder = join(dirname(realpathSync(process.argv[1] ?? '.')), '..', 'dashboard', 'page')
  try {
    const names = readdirSync(folder).filter(name => /\.(js|css|svg)$/.test(name))
    return Object.fromEntries(names.map(name => [name, readFileSync(join(folder, name), 'utf8')]))
  } catch {
    return {}
  }
}
