import { defineJob, HOUSEKEEPING, type Job } from '../../platform/jobs';
import type { AmlExamination } from './examination.service';

/** What runs leave behind is read by staff: this one says nothing of what it found. */
export function amlJobs({
  amlExamination,
}: {
  readonly amlExamination: AmlExamination;
}): readonly Job[] {
  return [
    defineJob({
      name: 'aml.examine-movements',
      ...HOUSEKEEPING,
      perOperator: true,
      run: async (tx) => {
        await amlExamination.examine(tx);
      },
    }),
  ];
}
