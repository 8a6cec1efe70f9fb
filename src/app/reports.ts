import { join } from 'node:path';
import type { OperatorDirectory } from '../modules/identity';
import {
  loadReportTemplates,
  ReportComputer,
  ReportMaker,
  ReportRunner,
  ReportService,
  riskPack,
  type Pack,
} from '../modules/reporting';
import { COMPLIANCE, type Platform } from './platform';

/** What reports are computed with; a template that names another pack stops the start. */
const PACKS: readonly Pack[] = [riskPack];

export function composeReports(
  platform: Platform,
  { directory }: { readonly directory: OperatorDirectory },
) {
  const { calendars } = platform;
  const templates = loadReportTemplates(join(COMPLIANCE, 'reports'), { packs: PACKS, calendars });
  const computer = new ReportComputer({ operators: directory, packs: PACKS });
  const maker = new ReportMaker({ ...platform, templates, computer });
  return {
    reports: new ReportService({ ...platform, operators: directory, templates, computer, maker }),
    reportRunner: new ReportRunner({
      ...platform,
      transactions: platform.database,
      operators: directory,
      maker,
      computer,
    }),
  };
}
