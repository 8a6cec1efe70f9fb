import type { AuditVerdict, SignedCheckpoint } from '../platform/audit';
import type { SealVerdict } from '../modules/ledger';

/** What was found of one operator, or of the installation. */
export interface ScopeVerdict {
  readonly operatorId: number | undefined;
  /** Its code, if it still has one. */
  readonly code: string | undefined;
  readonly audit: AuditVerdict;
  readonly seals: SealVerdict;
  /** The last of its checkpoints that were kept elsewhere. */
  readonly lastPublished: SignedCheckpoint | undefined;
}

export function isBroken({ audit, seals }: ScopeVerdict): boolean {
  return audit.firstBreak !== undefined || seals.firstBreak !== undefined;
}

/** The verdict in words: the first break of each scope, and what cannot be told. */
export function auditReport(verdicts: readonly ScopeVerdict[]): string {
  const lines = verdicts.flatMap((verdict) => [whole(verdict), ...breaks(verdict)]);
  return [...lines, '', ...limits(verdicts)].join('\n');
}

function whole(verdict: ScopeVerdict): string {
  const { audit, seals } = verdict;
  return [
    `${isBroken(verdict) ? 'BROKEN' : 'ok    '}  ${nameOf(verdict)}:`,
    `${audit.checked} records, ${audit.checkpoints} checkpoints,`,
    `${seals.checked} sealed batches of the ledger`,
  ].join(' ');
}

function breaks({ audit, seals }: ScopeVerdict): readonly string[] {
  return [
    ...(audit.firstBreak
      ? [`        audit record ${audit.firstBreak.seq}: ${audit.firstBreak.reason}`]
      : []),
    ...(seals.firstBreak
      ? [`        ledger batch ${seals.firstBreak.batchNo}: ${seals.firstBreak.reason}`]
      : []),
  ];
}

/** An honest answer says what it does not know. */
function limits(verdicts: readonly ScopeVerdict[]): readonly string[] {
  const lines = verdicts
    .filter((verdict) => !isBroken(verdict))
    .map((verdict) => {
      const { audit, lastPublished } = verdict;
      const name = nameOf(verdict);
      if (!lastPublished) {
        return (
          `${name}: no checkpoint was given that was kept elsewhere. What stands here agrees with ` +
          'itself; that all of it was written anew with the signing key, or that its end was cut ' +
          'off together with the checkpoints that covered it, cannot be excluded.'
        );
      }
      const at = lastPublished.takenAt.toISOString();
      const beyond = audit.checked - audit.published;
      return (
        `${name}: records 1 to ${audit.published} are those of the checkpoint kept elsewhere ` +
        `at ${at}. The ${beyond} after it, and any that followed, are vouched for by what stands ` +
        'here alone; a later checkpoint would tell.'
      );
    });
  const summary = verdicts.some(isBroken) ? 'The trail is broken.' : 'No break was found.';
  return [...lines, ...(lines.length > 0 ? [''] : []), summary];
}

function nameOf({ operatorId, code }: ScopeVerdict): string {
  if (operatorId === undefined) return 'installation';
  return `operator ${operatorId}${code === undefined ? ', which is not listed' : ` (${code})`}`;
}
