import { join } from 'node:path';
import type { BlindIndex } from '../platform/field-cipher';
import type { OperatorDirectory, PartyService } from '../modules/identity';
import {
  ecsprPack,
  loanFeedPack,
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
export function reportPacks(identityIndex: BlindIndex): readonly Pack[] {
  const keyed = loanFeedPack(identityIndex);
  return [riskPack, ecsprPack, outcomePack, marketPack, publicPack, keyed];
}

export function composeReports(
  platform: Platform,
  { directory, parties }: { readonly directory: OperatorDirectory; readonly parties: PartyService },
) {
  const { calendars, identityIndex } = platform;
  const packs = reportPacks(identityIndex);
  const templates = loadReportTemplates(join(COMPLIANCE, 'reports'), { packs, calendars });
  const computer = new ReportComputer({ operators: directory, packs });
  const maker = new ReportMaker({ ...platform, templates, computer, parties });
  return {
    reportLabels: new ReportLabels(platform),
    reports: new ReportService({ ...platform, operators: directory, templates, computer, maker }),
    reportRunner: new ReportRunner({
      ...platform,
      transactions: platform.database,
      operators: directory,
      maker,
    }),
  };
}
