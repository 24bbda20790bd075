import type { CliCommand } from '../cli-command.ts'
import { completionScripts } from '../completion/completion-scripts.ts'

export const completion: CliCommand = {
  name: 'completion',
  summary: 'print a completion script for your shell',
  arguments: [['<shell>', 'for whom', Object.keys(completionScripts)]],
  example: 'npx limbeck completion bash',
  async run(_session, [shell = '']) {
    const script = completionScripts[shell]
    return { data: { shell, script }, text: '', script }
  },
}
