import { completionScripts } from '../completion-scripts.ts'
import type { Word } from '../word.ts'

export const completion: Word = {
  name: 'completion',
  summary: 'print a completion script for your shell',
  arguments: [['<shell>', 'for whom', Object.keys(completionScripts)]],
  example: 'limbeck completion bash',
  async run(_session, [shell = '']) {
    const script = completionScripts[shell]
    return { data: { shell, script }, text: '', script }
  },
}
