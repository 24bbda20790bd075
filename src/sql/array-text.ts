/** The text form of an array of up to `dimensions` levels, as it stands in a literal: `{1,NULL,"a b"}`. */
export function arrayText(
  values: readonly unknown[],
  dimensions: number,
  elementText: (element: unknown) => string,
): string {
  const parts = values.map((value) => {
    if (value === null || value === undefined) return 'NULL'
    return dimensions > 1 && Array.isArray(value)
      ? arrayText(value, dimensions - 1, elementText)
      : arrayElement(elementText(value))
  })
  return `{${parts.join(',')}}`
}

function arrayElement(text: string): string {
  const isPlain = /^[\w.+-]+$/.test(text) && text.toLowerCase() !== 'null'
  return isPlain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}
