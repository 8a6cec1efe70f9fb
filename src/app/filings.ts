import { join } from 'node:path';
import {
  FilingProgress,
  FilingService,
  FormCWriter,
  loadFormCSchema,
  type FilingDeps,
  type FilingProgressDeps,
  type FormCWriterDeps,
} from '../modules/filings';
import type { OperatorDirectory } from '../modules/identity';
import { COMPLIANCE, type Platform } from './platform';

interface BelowFilings
  extends
    Pick<FilingDeps, 'parties' | 'issuers' | 'financials' | 'offerings'>,
    Pick<FormCWriterDeps, 'viewing'>,
    Pick<FilingProgressDeps, 'rulebooks'> {
  readonly directory: OperatorDirectory;
}

/** What comes from EDGAR, and what goes there. */
export function composeFilings(platform: Platform, below: BelowFilings) {
  const deps = { ...platform, ...below, operators: below.directory };
  return {
    filings: new FilingService(deps),
    formC: new FormCWriter({
      ...deps,
      schema: loadFormCSchema(join(COMPLIANCE, 'schemas', 'us-form-c')),
    }),
    filingProgress: new FilingProgress(deps),
  };
}
