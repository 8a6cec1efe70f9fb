import type { ImportedFiling } from '../modules/filings';

/** What became of one file of the command line. */
export type FileOutcome =
  | { readonly file: string; readonly imported: ImportedFiling }
  | { readonly file: string; readonly failed: { readonly code?: string; readonly reason: string } };

/** The outcome of one file for people: one line where it failed, else a line for each part. */
export function filingReport(outcome: FileOutcome): string {
  if ('failed' in outcome) {
    const { code, reason } = outcome.failed;
    return `${outcome.file}: refused. ${reason}${code === undefined ? '' : ` (${code})`}`;
  }
  const { imported } = outcome;
  const { filing, issuerName, outcome: verdict } = imported;
  return [
    `${outcome.file}: ${verdict === 'imported' ? 'imported' : 'already imported, nothing changed'}.`,
    `  Form ${filing.formType} of ${issuerName}`,
    ...onFile(imported),
    ...imported.taken.map(({ what, message }) => line('taken', `${what}: ${message}`)),
    ...imported.refused.map(({ what, code, reason }) =>
      line('refused', `${what}: ${reason} (${code})`),
    ),
    ...imported.assumed.map((sentence) => line('assumed', sentence)),
    ...(verdict === 'imported'
      ? imported.findings.map(({ severity, message }) => line(severity, message))
      : []),
    ...imported.missing.map((sentence) => line('missing', sentence)),
  ].join('\n');
}

/** The last line of a run. */
export function importSummary(outcomes: readonly FileOutcome[]): string {
  const count = (of: (outcome: FileOutcome) => boolean): number => outcomes.filter(of).length;
  const failed = count((outcome) => 'failed' in outcome);
  const again = count((each) => 'imported' in each && each.imported.outcome !== 'imported');
  const files = `${outcomes.length} ${outcomes.length === 1 ? 'file' : 'files'}`;
  const imported = outcomes.length - failed - again;
  return `${files}: ${imported} imported, ${again} already imported, ${failed} refused.`;
}

/** The outcome of one file for programs. */
export function outcomeJson(outcome: FileOutcome): object {
  if ('failed' in outcome) return { file: outcome.file, outcome: 'refused', ...outcome.failed };
  const { imported } = outcome;
  const { filing, issuerName, taken, refused, assumed, findings, missing } = imported;
  return {
    file: outcome.file,
    outcome: imported.outcome,
    filing: {
      id: filing.id,
      formType: filing.formType,
      sha256: filing.sha256,
      fileNumber: filing.fileNumber,
      signedOn: filing.signedOn,
      issuerId: filing.issuerId,
      offeringId: filing.offeringId,
    },
    issuerName,
    taken,
    refused,
    assumed,
    findings,
    missing,
  };
}

/** The ids by which everything else asks for what was taken. */
function onFile({ filing }: ImportedFiling): readonly string[] {
  const ids = [filing.id, `issuer ${filing.issuerId}`];
  if (filing.offeringId !== undefined) ids.push(`offering ${filing.offeringId}`);
  return [line('on file', ids.join(', '))];
}

function line(label: string, text: string): string {
  return `  ${label.padEnd(8)} ${text}`;
}
