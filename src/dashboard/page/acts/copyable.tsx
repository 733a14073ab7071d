// A command with a button that copies it.
import { useState } from 'preact/hooks'
import { word } from '../words/words.ts'

export function Copyable({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <span class="copyable">
      <code>{text}</code>
      <button type="button" class="small" onClick={() => void copy()} aria-label={`${word('copy')}: ${text}`}>
        {isCopied ? word('copied') : word('copy')}
      </button>
    </span>
  )
}
