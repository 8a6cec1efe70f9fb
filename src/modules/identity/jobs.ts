import { defineJob, HOUSEKEEPING, type Job } from '../../platform/jobs';
import type { SessionService } from './session.service';

export function identityJobs({ sessions }: { readonly sessions: SessionService }): readonly Job[] {
  return [
    defineJob({
      name: 'identity.forget-sessions',
      ...HOUSEKEEPING,
      perOperator: true,
      run: async (tx) => `${await sessions.forgetEnded(tx)} sessions forgotten`,
    }),
  ];
}
