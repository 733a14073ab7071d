// Which version an image is, how well it works, and the colour that stands for it. A tag that names a colour is that
// colour; any other has one by its hash. `bad-red` errs, `slow-red` comes late: both are red.
import { fnv1a } from '../../std/fnv.ts'

/** As CSS has them. */
export const COLOURS: Readonly<Record<string, string>> = {
  blue: '#2f6fde',
  green: '#1f9d55',
  orange: '#e07b1a',
  purple: '#7b4bd1',
  red: '#cf3a3a',
  yellow: '#d9a90f',
  teal: '#12909a',
  brown: '#8a5a34',
  magenta: '#c23a97',
  indigo: '#4b4fc4',
  olive: '#7a7d1f',
  rust: '#a4492b',
  slate: '#566b82',
  pine: '#2c6e63',
}
/** In an order that gives v1.0 blue and v2.0 green. */
const PALETTE = [
  'teal',
  'purple',
  'indigo',
  'olive',
  'magenta',
  'rust',
  'slate',
  'pine',
  'orange',
  'brown',
  'blue',
  'green',
]
const QUALITY = /^(bad|slow)-/

/** The tag: `registry:5000/acme/web:v1.0` → `v1.0`; a digest's first characters; `latest` without either. */
export function versionOf(image: string): string {
  const [name = '', digest] = image.split('@')
  const tag = name.slice(name.lastIndexOf('/') + 1).split(':')[1]
  return tag ?? digest?.replace(/^sha256:/, '').slice(0, 12) ?? 'latest'
}

export function qualityOf(version: string): 'good' | 'bad' | 'slow' {
  const [, said] = QUALITY.exec(version) ?? []
  return said === 'bad' || said === 'slow' ? said : 'good'
}

export function colourOf(version: string): string {
  const name = version.replace(QUALITY, '')
  if (Object.hasOwn(COLOURS, name)) return name
  return PALETTE[fnv1a(Buffer.from(name)) % PALETTE.length] as string
}
