// What changed between two revisions, a line a field.
import { word } from '../words/words.ts'

export function Differences({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null
  return (
    <details class="differences">
      <summary>
        {word('differences')} <small>{lines.length}</small>
      </summary>
      <ul>
        {lines.map(line => (
          <li key={line}>
            <code>{line}</code>
          </li>
        ))}
      </ul>
    </details>
  )
}
