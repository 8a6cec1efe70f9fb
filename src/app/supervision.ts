import type { OperatorDirectory, UserService } from '../modules/identity';
import type { ReportService } from '../modules/reporting';
import { FilingService, SupervisedReading, SupervisorService } from '../modules/supervision';
import type { Platform } from './platform';

export function composeSupervision(
  platform: Platform,
  below: {
    readonly directory: OperatorDirectory;
    readonly users: UserService;
    readonly reports: ReportService;
  },
) {
  const { directory: operators, users, reports } = below;
  return {
    supervisors: new SupervisorService({ ...platform, operators, users }),
    supervisedReading: new SupervisedReading({
      ...platform,
      operators,
      supervised: platform.supervisedDatabase,
      transactions: platform.database,
    }),
    supervisedFilings: new FilingService({ ...platform, reports }),
  };
}
