import type { CliCommand } from '../cli-command.ts'
import { doctorFailure, formatDoctor } from '../format/doctor.ts'

export const doctor: CliCommand = {
  name: 'doctor',
  summary: "weigh another tool's ledger: what ran, what was skipped, what was edited since",
  options: [['-v, --verbose', 'every migration, not only those with something to say']],
  example: 'npx limbeck doctor',
  async run(context) {
    const report = await (await context.migrator()).doctor()
    return {
      data: report,
      text: formatDoctor(report, context),
      failure: doctorFailure(report) ?? undefined,
    }
  },
}
