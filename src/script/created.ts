/** Whether the name is a time zone that this Node knows: IANA's, or an offset as `+02:00`. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat
  } catch {
    return false
  }
}

/** A moment as a revision's `created`: ISO 8601 to the second, as the clocks of the time zone show it. */
export function createdAt(moment: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  })
  const { year, month, day, hour, minute, second, timeZoneName } = Object.fromEntries(
    format.formatToParts(moment).map(({ type, value }) => [type, value]),
  )
  const offset = timeZoneName?.replace('GMT', '') ?? ''
  const zone = offset === '' || offset === '+00:00' ? 'Z' : offset
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`
}
