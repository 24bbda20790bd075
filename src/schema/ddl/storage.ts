/** `WITH (fillfactor = 70)`, or nothing where no parameter is set. */
export function storageClause(parameters: Readonly<Record<string, string>>): readonly string[] {
  const settings = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`)
  return settings.length === 0 ? [] : [`WITH (${settings.join(', ')})`]
}
