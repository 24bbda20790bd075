import {
  buildRevisionMap,
  LimbeckError,
  type LimbeckErrorCode,
  type Revision,
  type RevisionMap,
} from '../../src/revision/index.ts'

/** Reads revisions in load order from `a; b<-a; m<-b,c ^dependency [label]`. */
export function revisions(text: string): readonly Revision[] {
  return text.split(';').flatMap((part) => {
    const groups =
      /^\s*(?<id>[^\s<^[]+)(?:<-(?<parents>\S+))?(?: \^(?<deps>\S+))?(?: \[(?<labels>.+)\])?/u.exec(
        part,
      )?.groups
    if (groups === undefined) return []
    const list = (names: string | undefined) => names?.split(',') ?? []
    return [
      {
        id: groups.id ?? '',
        parents: list(groups.parents),
        dependsOn: list(groups.deps),
        labels: list(groups.labels),
      },
    ]
  })
}

export const graph = (text: string): RevisionMap => buildRevisionMap(revisions(text))

/** The error that `work` throws; its code is the first thing to look at. */
export function failure(work: () => unknown): LimbeckError {
  try {
    work()
  } catch (error) {
    if (error instanceof LimbeckError) return error
    throw error
  }
  throw new TypeError('Nothing was thrown')
}

export const codeOf = (work: () => unknown): LimbeckErrorCode => failure(work).code

/** Two branches over `b`, each with a label. */
export const branched = 'a; b<-a; c1<-b [left]; d1<-c1; c2<-b [right]; d2<-c2'
