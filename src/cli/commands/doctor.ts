import type { Word } from '../cli-command.ts'
import { doctorFailure, formatDoctor } from '../format/doctor.ts'

export const doctor: Word = {
  name: 'doctor',
  summary: "weigh another tool's ledger: what ran, what was skipped, what was edited since",
  options: [['-v, --verbose', 'every migration, not only those with something to say']],
  example: 'npx limbeck doctor',
  async run(session) {
    const report = await (await session.migrator()).doctor()
    return {
      data: report,
      text: formatDoctor(report, session),
      failure: doctorFailure(report) ?? undefined,
    }
  },
}
