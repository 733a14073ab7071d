// The page's own words, in the browser's language. What controller, conditions and Events say stays as it is.
import { ENGLISH } from './english.ts'
import type { Word } from './english.ts'
import { CHINESE } from './chinese.ts'

const LANGUAGES = { en: ENGLISH, zh: CHINESE }

export type Language = keyof typeof LANGUAGES

/** By what the browser prefers; English where it names none of ours. */
export function languageOf(preferred: readonly string[]): Language {
  const first = preferred
    .map(one => one.toLowerCase().split('-')[0])
    .find(one => one === 'zh' || one === 'en')
  return first === 'zh' ? 'zh' : 'en'
}

const language = languageOf(typeof navigator === 'undefined' ? [] : navigator.languages)

export function documentLanguage(): string {
  return language === 'zh' ? 'zh-CN' : 'en'
}

/** `{name}` in a word stands for a value. */
export function word(key: Word, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(LANGUAGES[language][key], values)
}

export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
