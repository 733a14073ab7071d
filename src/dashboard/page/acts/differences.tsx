// What changed between two revisions, a line a field.
import { word } from '../words/words.ts'

interface DifferencesProps {
  readonly lines: readonly string[]
  readonly isOpen?: boolean
}

export function Differences({ lines, isOpen = false }: DifferencesProps) {
  if (lines.length === 0) return null
  return (
    <details class="differences" open={isOpen}>
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
