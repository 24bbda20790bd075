import type { Revision } from './revision.ts'

/** A revision within the graph. Lists of ids are in load order unless said. */
export interface RevisionNode {
  readonly id: string
  readonly revision: Revision
  /** Position in load order: what the order of steps is decided by. */
  readonly index: number
  /** As written, so a parent may stand there twice. */
  readonly parents: readonly string[]
  /** The revision's own dependencies as ids. */
  readonly dependsOn: readonly string[]
  /** Parents, then dependencies, each once. */
  readonly allParents: readonly string[]
  /** `allParents` without dependencies that an ancestor already declares: the links a walk follows. */
  readonly effectiveParents: readonly string[]
  /** Revisions that have this one as a parent. */
  readonly children: readonly string[]
  /** Revisions that have this one as a parent or a dependency. */
  readonly allChildren: readonly string[]
  /** Branch labels that reach this revision, sorted. */
  readonly labels: readonly string[]
}

/** A node while the graph is being built. */
export interface NodeDraft extends RevisionNode {
  effectiveParents: readonly string[]
  readonly children: string[]
  readonly allChildren: string[]
  labels: readonly string[]
}

/** Nodes whose links are known, by id. */
export type LinkedNodes = ReadonlyMap<string, RevisionNode>
