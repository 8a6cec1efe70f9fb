import type { Json } from '../../kernel/canonical-json';
import { dateIn } from '../../kernel/calendar-date';
import type { Id } from '../../kernel/id';
import { hashToken, newRefreshToken, readSigned, type DocumentSigner } from '../../platform/auth';
import type { Db, Tx } from '../../platform/db';
import { operatorIdOf } from '../identity';
import { isInForce } from './credit-list';
import {
  REPORT_TYPE,
  reportContent,
  requireGrantInForce,
  requireGrantTerm,
  type ReportGrant,
  type ReportPart,
  type ReportSources,
} from './credit-report';
import { applicationProblem } from './errors';
import { listAssessments } from './evidence.store';
import { listOfParty } from './list.store';
import { listOffers } from './offer.store';
import type { ApplicationDeps } from './ports';
import * as reports from './report.store';
import { listApplications } from './store';

export interface CreditReportDeps extends Pick<
  ApplicationDeps,
  'clock' | 'newId' | 'audit' | 'outbox' | 'cipher' | 'directory' | 'borrowers'
> {
  readonly signer: DocumentSigner;
}

export interface GrantDraft {
  readonly issuerId: Id<'iss'>;
  readonly recipient: string;
  readonly purpose: string;
  readonly parts: readonly ReportPart[];
  readonly expiresAt: Date;
}

/** A report with its signature. */
export interface SignedReport extends reports.IssuedReport {
  readonly content: Json;
  readonly jws: string;
}

/** What is shown of a borrower at most. */
const MOST_APPLICATIONS = 200;

/**
 * Portable credit reports: the subject grants, the recipient fetches with the token of the grant,
 * anybody verifies the signature without asking us.
 */
export class CreditReports {
  constructor(private readonly deps: CreditReportDeps) {}

  /**
   * Lets somebody read parts of a borrower's report until a moment.
   *
   * @returns the grant, and the token that fetches the report: shown once, stored as a hash.
   * @throws Problem `applications.grant-too-long`.
   */
  async grant(
    tx: Tx,
    draft: GrantDraft,
  ): Promise<{ readonly grant: ReportGrant; readonly token: string }> {
    const { clock, newId, borrowers, audit, outbox } = this.deps;
    const now = clock.now();
    requireGrantTerm(now, draft.expiresAt);
    const { partyId } = await borrowers.get(tx, draft.issuerId);
    const { token, hash } = newRefreshToken();
    const grant: ReportGrant = {
      ...draft,
      id: newId('grt'),
      partyId,
      parts: [...new Set(draft.parts)],
      grantedBy: tx.scope.actor.id,
      grantedAt: now,
    };
    await reports.insertGrant(tx, grant, hash);
    const details = { parts: grant.parts, expiresAt: grant.expiresAt.toISOString() };
    await audit.record(tx, { action: 'credit-report.granted', subject: grant.id, details });
    const payload = { issuerId: grant.issuerId };
    await outbox.publish(tx, { type: 'credit-report.granted', subject: grant.id, payload });
    return { grant, token };
  }

  /** Ends a grant at once; what was handed out before cannot be called back. */
  async revoke(tx: Tx, id: Id<'grt'>): Promise<ReportGrant> {
    const isChanged = await reports.revokeGrant(tx, id, this.deps.clock.now());
    if (isChanged) {
      await this.deps.audit.record(tx, { action: 'credit-report.revoked', subject: id });
    }
    return reports.getGrant(tx, id);
  }

  async get(db: Db, id: Id<'grt'>): Promise<ReportGrant> {
    return reports.getGrant(db, id);
  }

  async list(db: Db, query: Parameters<typeof reports.listGrants>[1]) {
    return reports.listGrants(db, query);
  }

  /** What was handed out under a grant. */
  async issuedUnder(db: Db, id: Id<'grt'>): Promise<readonly reports.IssuedReport[]> {
    return reports.listReports(db, id);
  }

  /**
   * Makes the report for whoever holds the token, as of now, and keeps what was told.
   *
   * @throws Problem `applications.grant-not-found`, `applications.grant-ended`.
   */
  async redeem(tx: Tx, token: string): Promise<SignedReport> {
    const grant = await reports.getGrantByToken(tx, hashToken(token));
    requireGrantInForce(grant, this.deps.clock.now());
    return this.issue(tx, grant);
  }

  /** The document of a JWS that we signed. @throws Problem `applications.report-invalid`. */
  verify(jws: string): Json {
    const document = readSigned(jws, this.deps.signer.keys);
    const isReport =
      typeof document === 'object' &&
      document !== null &&
      'type' in document &&
      document.type === REPORT_TYPE;
    if (document === undefined || !isReport) throw applicationProblem('report-invalid');
    return document;
  }

  private async issue(tx: Tx, grant: ReportGrant): Promise<SignedReport> {
    const { clock, newId, signer, cipher, audit } = this.deps;
    const id = newId('crp');
    const issuedAt = clock.now();
    const content = reportContent(id, await this.sources(tx, grant), { grant, issuedAt });
    const { jws, keyId, sha256 } = signer.sign(content, REPORT_TYPE);
    const report = { id, grantId: grant.id, sha256, keyId, issuedAt };
    const address = { table: 'application_reports', column: 'jws_encrypted', rowId: id };
    await reports.insertReport(tx, { ...report, jwsEncrypted: cipher.seal(jws, address) });
    const details = { report: id, sha256 };
    await audit.record(tx, { action: 'credit-report.issued', subject: grant.id, details });
    return { ...report, content, jws };
  }

  private async sources(db: Db, { issuerId, partyId }: ReportGrant): Promise<ReportSources> {
    const operator = this.deps.directory.get(operatorIdOf(db));
    const issuer = await this.deps.borrowers.get(db, issuerId);
    const query = { issuerIds: [issuerId], limit: MOST_APPLICATIONS };
    const applications = await listApplications(db, query);
    const decisions: Json[] = [];
    const loans: Json[] = [];
    for (const { id, status, offeringId } of applications) {
      for (const assessment of await listAssessments(db, id)) {
        const { verdict, policyId, assessedAt, decisionId } = assessment;
        decisions.push({
          applicationId: id,
          verdict,
          policy: policyId,
          decisionId,
          assessedAt: assessedAt.toISOString(),
        });
      }
      const offers = await listOffers(db, id);
      for (const offer of offers.filter((each) => each.status === 'accepted')) {
        loans.push({
          applicationId: id,
          offeringId,
          status,
          grade: offer.grade,
          amount: { ...offer.amount.toWire() },
          termMonths: offer.termMonths,
        });
      }
    }
    const on = dateIn(operator.timeZone, this.deps.clock.now());
    const entries = await listOfParty(db, partyId);
    return {
      operator: { code: operator.code, legalName: operator.legalName },
      subject: {
        kind: issuer.kind,
        shownName: issuer.legalName,
        identityKind: issuer.identityKind,
        identityMasked: issuer.identityMasked,
        isVerified: issuer.verification === 'verified',
      },
      parts: {
        applications: applications.map(({ id, status, submittedAt }) => ({
          id,
          status,
          submittedAt: submittedAt?.toISOString(),
        })),
        decisions,
        loans,
        // What was lifted or has ended is repaired: it is not told any more.
        lists: entries
          .filter((entry) => isInForce(entry, on))
          .map(({ colour, issuingBody, basis, startsOn, endsOn, effects }) => ({
            colour,
            issuingBody,
            basis,
            startsOn,
            endsOn,
            effects,
          })),
      },
    };
  }
}
