/** Whether an identifier or range asks where the database is, so that its rows must be read first. */
export function mentionsCurrent(text: string): boolean {
  return text.split(':').includes('current')
}
