// Which version an image is, and the colour that stands for it: v1 blue, v2 green, and so on; a tag that names a
// colour is that colour.

const PALETTE = ['blue', 'green', 'orange', 'purple', 'red', 'teal', 'brown', 'magenta']
/** As CSS has them. */
export const COLOURS: Readonly<Record<string, string>> = {
  blue: '#2f6fde',
  green: '#1f9d55',
  orange: '#e07b1a',
  purple: '#7b4bd1',
  red: '#cf3a3a',
  teal: '#12909a',
  brown: '#8a5a34',
  magenta: '#c23a97',
  yellow: '#d9a90f',
}

/** The tag: `registry:5000/acme/web:v1.0` → `v1.0`; a digest's first characters; `latest` without either. */
export function versionOf(image: string): string {
  const [name = '', digest] = image.split('@')
  const tag = name.slice(name.lastIndexOf('/') + 1).split(':')[1]
  return tag ?? digest?.replace(/^sha256:/, '').slice(0, 12) ?? 'latest'
}

export function colourOf(version: string): string {
  if (Object.hasOwn(COLOURS, version)) return version
  const number = /\d+/.exec(version)?.[0]
  const place = number === undefined ? sumOf(version) : Number(number) - 1
  return PALETTE[((place % PALETTE.length) + PALETTE.length) % PALETTE.length] as string
}

function sumOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
}
