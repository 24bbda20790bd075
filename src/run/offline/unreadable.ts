/** Stands for rows that do not exist: awaiting it is fine, whatever looks into it gets the error that `refuse` makes. */
export function unreadable(refuse: () => Error): never {
  const refused = () => {
    throw refuse()
  }
  // A plain object, since Array.isArray() cannot be caught; a promise asks for `then` before anybody looks.
  return new Proxy(Object.create(null), {
    get: (_, key) => (key === 'then' ? undefined : refused()),
    set: refused,
    has: refused,
    ownKeys: refused,
    getOwnPropertyDescriptor: refused,
    getPrototypeOf: refused,
  }) as never
}
