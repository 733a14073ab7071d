// Text on its way into HTML.

/** Nothing in it is markup, in text and in quoted attributes alike. */
export function htmlText(text: string): string {
  return text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`)
}
