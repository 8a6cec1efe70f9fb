import { defineJob, type Job } from '../jobs';
import type { AuditCheckpoints } from './checkpoint.service';

/** A checkpoint every hour; after downtime one, since it covers everything up to now. */
export function auditJobs(checkpoints: AuditCheckpoints): readonly Job[] {
  const terms = { cron: '5 * * * *', timeZone: 'UTC', catchUp: 'latest' } as const;
  return [
    defineJob({
      ...terms,
      name: 'audit.checkpoint',
      perOperator: true,
      run: (tx) => checkpoints.take(tx),
    }),
    defineJob({
      ...terms,
      name: 'audit.checkpoint-of-installation',
      perOperator: false,
      run: (tx) => checkpoints.take(tx),
    }),
  ];
}
