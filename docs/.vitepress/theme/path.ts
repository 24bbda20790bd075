// Of node:path, what reading the header of a revision takes: a browser has names of files, and no folders.

export const basename = (file: string, end = ''): string => {
  const name = file.slice(file.lastIndexOf('/') + 1)
  return end !== '' && name.endsWith(end) ? name.slice(0, -end.length) : name
}

export const extname = (file: string): string => /\.[^./]+$/.exec(file)?.[0] ?? ''
