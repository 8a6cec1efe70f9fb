import { canonicalJson, type Json } from '../../kernel/canonical-json';
import type { Id } from '../../kernel/id';
import { constraintOf, type Db, type Tx } from '../../platform/db';
import type { Assessment } from './assessment';
import type { ApplicationDocument, DocumentKind } from './document';
import { applicationProblem } from './errors';
import type { RuleEffect } from './green-channel';
import type { PolicyFinding, Verdict } from './finding';
import type { Submission } from './submission';

/** @throws Problem `applications.document-repeated`. */
export async function insertDocument(
  tx: Tx,
  id: Id<'app'>,
  document: ApplicationDocument & { readonly contentEncrypted: string },
): Promise<void> {
  try {
    await tx.execute(
      `INSERT INTO application_documents (operator_id, application_id, id, kind, title, sha256,
         content_type, size_bytes, content_encrypted, uploaded_at, uploaded_by)
       VALUES (:operatorId, :applicationId, :id, :kind, :title, :sha256, :contentType, :sizeBytes,
         :contentEncrypted, :uploadedAt, :uploadedBy)`,
      {
        ...document,
        operatorId: tx.scope.operatorId,
        applicationId: id,
        uploadedBy: tx.scope.actor.id,
      },
    );
  } catch (error) {
    if (constraintOf(error) !== 'application_documents_once') throw error;
    throw applicationProblem('document-repeated', { cause: error });
  }
}

export async function listDocuments(
  db: Db,
  id: Id<'app'>,
): Promise<readonly ApplicationDocument[]> {
  const rows = await db.query<DocumentRow>(
    `SELECT ${DOCUMENT} FROM application_documents d WHERE d.application_id = :id
     ORDER BY d.id LIMIT 200`,
    { id },
  );
  return rows.map(documentOf);
}

/** @throws Problem `applications.document-not-found`. */
export async function getDocument(
  db: Db,
  id: Id<'app'>,
  documentId: Id<'doc'>,
): Promise<ApplicationDocument & { readonly contentEncrypted: string }> {
  const [row] = await db.query<DocumentRow & { content_encrypted: string }>(
    `SELECT ${DOCUMENT}, d.content_encrypted FROM application_documents d
     WHERE d.application_id = :id AND d.id = :documentId`,
    { id, documentId },
  );
  if (row === undefined) throw applicationProblem('document-not-found');
  return { ...documentOf(row), contentEncrypted: row.content_encrypted };
}

export async function insertSubmission(
  tx: Tx,
  id: Id<'app'>,
  submission: Submission,
): Promise<void> {
  const { declarations, consents } = submission;
  await tx.execute(
    `INSERT INTO application_submissions (operator_id, application_id, version, form_sha256,
       declarations, consents, submitted_at, submitted_by)
     VALUES (:operatorId, :id, :version, :formSha256, :declarations::jsonb, :consents::jsonb,
       :submittedAt, :submittedBy)`,
    {
      operatorId: tx.scope.operatorId,
      id,
      version: submission.version,
      formSha256: submission.formSha256,
      declarations: canonicalJson({
        unpaidElsewhere: { ...declarations.unpaidElsewhere.toWire() },
        isForOnLending: declarations.isForOnLending,
        isLawfulPurpose: declarations.isLawfulPurpose,
        isTrueAndComplete: declarations.isTrueAndComplete,
        keepsLegalLimits: declarations.keepsLegalLimits,
        isRelatedToOperator: declarations.isRelatedToOperator,
      }),
      consents: canonicalJson(consents.map((consent) => ({ ...consent }))),
      submittedAt: submission.submittedAt,
      submittedBy: submission.submittedBy,
    },
  );
}

/** Who handed the application in, and what was declared with it; undefined before that. */
export async function findSubmission(db: Db, id: Id<'app'>): Promise<StoredSubmission | undefined> {
  const [row] = await db.query<{
    version: number;
    form_sha256: string;
    declarations: StoredSubmission['declarations'];
    consents: StoredSubmission['consents'];
    submitted_at: Date;
    submitted_by: string;
  }>(
    `SELECT s.version, s.form_sha256, s.declarations, s.consents, s.submitted_at, s.submitted_by
     FROM application_submissions s WHERE s.application_id = :id`,
    { id },
  );
  return (
    row && {
      version: row.version,
      formSha256: row.form_sha256,
      declarations: row.declarations,
      consents: row.consents,
      submittedAt: row.submitted_at,
      submittedBy: row.submitted_by,
    }
  );
}

/** A submission as the database gives it back: amounts still as on the wire. */
export interface StoredSubmission extends Omit<Submission, 'declarations'> {
  readonly declarations: Readonly<Record<string, Json>>;
}

export async function insertAssessment(
  tx: Tx,
  id: Id<'app'>,
  assessment: Assessment,
): Promise<void> {
  await tx.execute(
    `INSERT INTO application_assessments (operator_id, application_id, id, version, policy_id,
       policy_hash, facts, findings, effects, verdict, decision_id, assessed_at, assessed_by)
     VALUES (:operatorId, :applicationId, :id, :version, :policyId, :policyHash, :facts::jsonb,
       :findings::jsonb, :effects::jsonb, :verdict, :decisionId, :assessedAt, :assessedBy)`,
    {
      operatorId: tx.scope.operatorId,
      applicationId: id,
      id: assessment.id,
      version: assessment.version,
      policyId: assessment.policyId,
      policyHash: assessment.policyHash,
      facts: canonicalJson(assessment.facts),
      findings: canonicalJson(assessment.findings.map((finding) => ({ ...finding }))),
      effects: canonicalJson(assessment.effects.map((effect) => ({ ...effect }))),
      verdict: assessment.verdict,
      decisionId: assessment.decisionId,
      assessedAt: assessment.assessedAt,
      assessedBy: assessment.assessedBy,
    },
  );
}

/** Oldest first. */
export async function listAssessments(db: Db, id: Id<'app'>): Promise<readonly Assessment[]> {
  const rows = await db.query<AssessmentRow>(
    `SELECT s.id, s.version, s.policy_id, s.policy_hash, s.facts, s.findings, s.effects, s.verdict,
       s.decision_id, s.assessed_at, s.assessed_by
     FROM application_assessments s WHERE s.application_id = :id ORDER BY s.id LIMIT 50`,
    { id },
  );
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    policyId: row.policy_id,
    policyHash: row.policy_hash,
    facts: row.facts,
    findings: row.findings,
    effects: row.effects,
    verdict: row.verdict,
    decisionId: row.decision_id ?? undefined,
    assessedAt: row.assessed_at,
    assessedBy: row.assessed_by,
  }));
}

const DOCUMENT = 'd.id, d.kind, d.title, d.sha256, d.content_type, d.size_bytes, d.uploaded_at';

interface DocumentRow {
  id: Id<'doc'>;
  kind: DocumentKind;
  title: string;
  sha256: string;
  content_type: string;
  size_bytes: number;
  uploaded_at: Date;
}

function documentOf(row: DocumentRow): ApplicationDocument {
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    sha256: row.sha256,
    contentType: row.content_type,
    sizeBytes: row.size_bytes,
    uploadedAt: row.uploaded_at,
  };
}

interface AssessmentRow {
  id: Id<'asm'>;
  version: number;
  policy_id: string;
  policy_hash: string;
  facts: Assessment['facts'];
  findings: readonly PolicyFinding[];
  effects: readonly RuleEffect[];
  verdict: Verdict;
  decision_id: Id<'cdn'> | null;
  assessed_at: Date;
  assessed_by: string;
}
