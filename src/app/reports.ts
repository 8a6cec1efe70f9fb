import { join } from 'node:path';
import type { OperatorDirectory, PartyService } from '../modules/identity';
import {
  ecsprPack,
  loadReportTemplates,
  marketPack,
  outcomePack,
  publicPack,
  ReportComputer,
  ReportLabels,
  ReportMaker,
  ReportRunner,
  ReportService,
  riskPack,
  type Pack,
} from '../modules/reporting';
import { COMPLIANCE, type Platform } from './platform';

/** What reports are computed with; a template that names another pack stops the start. */
export const PACKS: readonly Pack[] = [riskPack, ecsprPack, outcomePack, marketPack, publicPack];

export function composeReports(
  platform: Platform,
  { directory, parties }: { readonly directory: OperatorDirectory; readonly parties: PartyService },
) {
  const { calendars } = platform;
  const templates = loadReportTemplates(join(COMPLIANCE, 'reports'), { packs: PACKS, calendars });
  const computer = new ReportComputer({ operators: directory, packs: PACKS });
  const maker = new ReportMaker({ ...platform, templates, computer, parties });
  return {
    reportLabels: new ReportLabels(platform),
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
