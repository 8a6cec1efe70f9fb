import { join } from 'node:path';
import { PublicDisclosure } from '../modules/disclosure';
import type { ComplaintService } from '../modules/disputes';
import type { OperatorDirectory } from '../modules/identity';
import type { FinancialsService, IssuerService } from '../modules/issuers';
import { KiisService, loadKiisModels } from '../modules/kiis';
import type { OfferingService, OfferingViewing } from '../modules/offerings';
import type { ReportService } from '../modules/reporting';
import { COMPLIANCE, type Platform } from './platform';

export interface BelowDisclosure {
  readonly directory: OperatorDirectory;
  readonly issuers: IssuerService;
  readonly financials: FinancialsService;
  readonly offerings: OfferingService;
  readonly viewing: OfferingViewing;
  readonly complaints: ComplaintService;
  readonly reports: ReportService;
}

/** What everybody may read: of an operator its public page, of an offering its sheet. */
export function composeDisclosure(platform: Platform, below: BelowDisclosure) {
  const deps = { ...platform, ...below, operators: below.directory };
  return {
    publicDisclosure: new PublicDisclosure(deps),
    kiis: new KiisService({
      ...deps,
      models: loadKiisModels(join(COMPLIANCE, 'kiis')),
      redressOf: (db) => below.complaints.policyOf(db).redress.en,
    }),
  };
}
