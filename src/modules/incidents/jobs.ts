import { defineJob, type Job } from '../../platform/jobs';
import type { IncidentService } from './service';

export interface IncidentJobDeps {
  readonly incidents: IncidentService;
}

export function incidentJobs({ incidents }: IncidentJobDeps): readonly Job[] {
  return [
    defineJob({
      name: 'incidents.flag-missed-deadlines',
      cron: '15 * * * *',
      timeZone: 'UTC',
      perOperator: true,
      run: async (tx) => {
        const { flagged, more } = await incidents.flagMissed(tx);
        return { more, note: `${flagged} deadlines missed` };
      },
    }),
  ];
}
