import { defineJob, HOUSEKEEPING, type Job } from '../../platform/jobs';
import type { FilingProgress } from './progress.service';

export function filingJobs({
  filingProgress,
}: {
  readonly filingProgress: FilingProgress;
}): readonly Job[] {
  return [
    defineJob({
      name: 'filings.note-progress',
      ...HOUSEKEEPING,
      perOperator: true,
      run: async (tx) => {
        const noted = await filingProgress.note(tx);
        return noted === 0 ? undefined : `${noted} parts of targets reached`;
      },
    }),
  ];
}
