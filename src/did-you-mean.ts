/**
 * The known word that `word` was probably meant to be: itself under another spelling (case, `_`, spaces),
 * one of its other names, or at most two letters away. Null when nothing is near.
 */
export function didYouMean(
  word: string,
  known: readonly string[],
  otherNames: Readonly<Record<string, string>> = {},
): string | null {
  const plain = simplify(word)
  const alias = Object.hasOwn(otherNames, plain) ? otherNames[plain] : undefined
  if (alias !== undefined) return alias
  const ranked = known
    .map((name) => ({ name, distance: editDistance(plain, simplify(name)) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  // Two letters turn one short word into another: only longer words get that much tolerance.
  const tolerance = plain.length > 4 ? 2 : 1
  return best !== undefined && best.distance <= tolerance ? best.name : null
}

function simplify(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, '')
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const change = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, change))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
